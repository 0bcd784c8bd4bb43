import type * as z from 'zod'
import type { Kind } from '#agent/model/need.ts'
import type { Answers } from '#agent/model/answers.ts'
import { findIn } from '#agent/model/pattern.ts'
import type { Pattern } from '#agent/model/pattern.ts'
import type { FileStat, FileText, ListQuestion, ReadQuestion, StatQuestion } from '#agent/model/question.ts'
import { unanswered, verdict } from '#agent/model/reason.ts'
import type { Verdict } from '#agent/model/reason.ts'
import { swapAfterBoot } from '#agent/needs/boot/swap-boot.ts'
import { hasPattern, isFolder, needsText, schema } from './file-schema.ts'
import type { wanted } from './file-schema.ts'
import { shellWord } from '#agent/fixes/shell-word.ts'
import { showMode, showStat, typeWords } from './show-stat.ts'

type Wanted = z.infer<typeof wanted>

/**
 * Something at a path of the host, symbolic links followed. Evidence never quotes what is in it. `{kernel}` in the path
 * stands for the release of the running kernel, as `uname -r` says it.
 */
export const file: Kind<typeof schema> = {
  name: 'file',
  schema,
  subject: (spec) => spec.file.path,
  questions({ file: written }, { kernel }) {
    const spec = ofKernel(written, kernel)
    if (spec === null) return []
    const inside = isFolder(spec) ? [listQuestion(spec)] : readsText(spec) ? [readQuestion(spec)] : []
    return [statQuestion(spec), ...inside]
  },
  nextBoot: ({ file: spec }) => (isSwapOff(spec) ? swapAfterBoot : null),
  lint: ({ file: spec }) => lintOf(spec),
  patterns: ({ file: spec }) => patternsOf(spec),
  reads: ({ file: spec }) => (readsText(spec) ? { path: spec.path, as: 'text' } : null),
  judge({ file: written }, answers, { kernel }) {
    const spec = ofKernel(written, kernel)
    if (spec === null)
      return verdict('QuestionFailed', {
        what: written.path,
        detail: 'the release of the kernel is not known',
      })
    const stat = answers.of(statQuestion(spec))
    if (stat.fate === 'absent') return judgeAbsent(spec, stat.detail)
    if (stat.fate !== 'found') return unanswered(spec.path, stat)
    return judgeFound(spec, answers, stat.value)
  },
}

/** That nothing is swapped to. */
function isSwapOff({ path, notMatches }: Wanted): boolean {
  return path === '/proc/swaps' && notMatches !== undefined
}

function lintOf(spec: Wanted): readonly string[] {
  return hasPattern(spec) && spec.means === undefined
    ? ['has a pattern and no words for it: write beside it means: what it looks for']
    : []
}

function patternsOf({ matches, notMatches }: Wanted): readonly Pattern[] {
  return [matches, notMatches].filter((one) => one !== undefined)
}

/** null when the path needs the kernel's release, and that is not known. */
function ofKernel(spec: Wanted, kernel: string | null): Wanted | null {
  if (!spec.path.includes('{kernel}')) return spec
  return kernel === null ? null : { ...spec, path: spec.path.replaceAll('{kernel}', kernel) }
}

function statQuestion(spec: Wanted): StatQuestion {
  return { ask: 'stat', path: spec.path }
}

function readQuestion(spec: Wanted): ReadQuestion {
  return { ask: 'read', path: spec.path }
}

function listQuestion(spec: Wanted): ListQuestion {
  return { ask: 'list', path: spec.path, most: 1 }
}

/** Whether a file is empty is told by its size, but not in /proc and /sys. */
function readsText(spec: Wanted): boolean {
  return hasPattern(spec) || (needsText(spec) && isKernels(spec.path))
}

/** Sizes in /proc are 0 and in /sys 4096, whatever is in the file. */
function isKernels(path: string): boolean {
  return /^\/(proc|sys)\//.test(path)
}

function judgeAbsent(spec: Wanted, detail: string): Verdict {
  const { path: at } = spec
  // A link that leads nowhere is worth a word; that a folder is not there, only in the evidence of what is missing.
  const isDangling = detail.startsWith(`the symbolic link ${at} `)
  if (spec.exists === false)
    return verdict('FileAbsent', { path: at }, { evidence: isDangling ? [detail] : [] })
  return verdict('FileNotFound', { path: at, detail: isDangling ? detail : '' }, { evidence: [detail] })
}

function judgeFound(spec: Wanted, answers: Answers, stat: FileStat): Verdict {
  const { path: at } = spec
  const mode = showMode(stat.mode)
  const evidence = [showStat(stat)]
  const type = typeWords[stat.type]
  if (spec.exists === false) return verdict('FileNotWanted', { path: at }, { evidence })
  const any = needsText(spec) ? 'file' : stat.type
  const wantedType = spec.type === undefined || spec.type === 'any' ? any : spec.type
  if (wantedType !== stat.type) {
    return verdict('FileWrongType', { path: at, type, wanted: typeWords[wantedType] }, { evidence })
  }
  if (spec.mode !== undefined && Number.parseInt(spec.mode, 8) !== stat.mode) {
    const fix = { run: [`chmod ${spec.mode} ${shellWord(at)}`] }
    return verdict('FileWrongMode', { path: at, mode, wanted: spec.mode }, { evidence, fix })
  }
  if (readsText(spec)) return judgeText(spec, answers, evidence)
  if (isFolder(spec)) return judgeFolder(spec, answers, evidence)
  if (spec.notEmpty && isKernels(stat.realPath)) {
    const detail = `it leads to ${stat.realPath}, and sizes there say nothing`
    return unanswered(at, { fate: 'failed', detail }, evidence)
  }
  if (spec.notEmpty && stat.size === null) {
    const detail = 'how large it is, is not told in another mount namespace'
    return unanswered(at, { fate: 'denied', detail }, evidence)
  }
  if (spec.notEmpty && stat.size === 0) return verdict('FileEmpty', { path: at }, { evidence })
  return verdict('FileFound', { path: at, type }, { evidence })
}

function judgeFolder(spec: Wanted, answers: Answers, evidence: readonly string[]): Verdict {
  const { path: at } = spec
  const listed = answers.of(listQuestion(spec))
  if (listed.fate === 'absent') return verdict('FileNotFound', { path: at, detail: listed.detail })
  if (listed.fate !== 'found') return unanswered(at, listed, evidence)
  return listed.value.names.length === 0
    ? verdict('FileEmpty', { path: at }, { evidence })
    : verdict('FileFound', { path: at, type: typeWords.directory }, { evidence })
}

function judgeText(spec: Wanted, answers: Answers, evidence: readonly string[]): Verdict {
  const { path: at } = spec
  const read = answers.of(readQuestion(spec))
  if (read.fate === 'absent') return verdict('FileNotFound', { path: at, detail: read.detail })
  if (read.fate !== 'found') return unanswered(at, read, evidence)
  if (spec.notEmpty && read.value.text === '') return verdict('FileEmpty', { path: at }, { evidence })
  if (!hasPattern(spec)) return verdict('FileFound', { path: at, type: 'regular file' }, { evidence })
  return judgePatterns(spec, read.value, evidence)
}

function judgePatterns(spec: Wanted, text: FileText, evidence: readonly string[]): Verdict {
  const { path: at, matches, notMatches } = spec
  const means = spec.means ?? null
  const isFound = (one: Pattern | undefined) => (one === undefined ? undefined : findIn(one, text))
  const [wanted, unwanted] = [isFound(matches), isFound(notMatches)]
  if (matches && wanted === false) return verdict('FileNotMatching', { path: at, means }, { evidence })
  if (notMatches && unwanted === true) return verdict('FileUnwantedMatch', { path: at, means }, { evidence })
  const detail = 'it is too long for so large a pattern'
  return wanted === null || unwanted === null
    ? unanswered(at, { fate: 'failed', detail }, evidence)
    : verdict('FileAsWanted', { path: at }, { evidence })
}
