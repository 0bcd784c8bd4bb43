import type { Answers } from '#agent/model/answers.ts'
import { memoizeLast } from '#agent/model/memoize-last.ts'
import type { FileText, ReadQuestion } from '#agent/model/question.ts'
import { firstFound } from './first-found.ts'
import type { UnreadSource } from './first-found.ts'
import { parseOnce } from './parse-once.ts'
import { wholeLines } from './whole-part.ts'

/**
 * The configuration that the running kernel was built with. The value of an option that is not set is "n"; of one that is not
 * in the part that is left of a file, null.
 */
export type KernelConfig =
  | { readonly fate: 'found'; readonly path: string; value(option: string): string | null }
  | { readonly fate: 'absent'; readonly detail: string }
  | UnreadSource

/** Debian's unpacked configuration is 260 KiB. */
const limit = 4 * 1024 * 1024

/**
 * Where distributions keep it; the kernel's own word first. `/usr/src/linux/.config` is not among them: it may
 * be another kernel's. The module "configs" is never loaded to get /proc/config.gz: that would change the host.
 * https://github.com/kubernetes/system-validators/blob/master/validators/kernel_validator.go
 */
export const kernelConfigQuestions = memoizeLast((kernel: string | null): readonly ReadQuestion[] =>
  ['/proc/config.gz', ...(kernel === null ? [] : placesOf(kernel))].map((path) => ({
    ask: 'read',
    path,
    limit,
  })),
)

export function readKernelConfig(answers: Answers, kernel: string | null): KernelConfig {
  const source = firstFound(answers, kernelConfigQuestions(kernel))
  if (source.fate !== 'found') return source
  const { path, value } = source
  const { file, isCut } = wholeLines(value)
  if (!isConfig(file)) return { fate: 'failed', path, detail: 'is not a kernel configuration' }
  const valueOf = optionsOf(file)
  return { fate: 'found', path, value: (option) => valueOf(option) ?? (isCut ? null : 'n') }
}

function placesOf(kernel: string): readonly string[] {
  return [
    `/boot/config-${kernel}`,
    `/usr/lib/modules/${kernel}/config`,
    `/lib/modules/${kernel}/config`,
    `/usr/lib/ostree-boot/config-${kernel}`,
    `/usr/lib/kernel/config-${kernel}`,
    `/usr/src/linux-headers-${kernel}/.config`,
    `/usr/src/kernels/${kernel}/.config`,
    `/usr/src/linux-${kernel}/.config`,
    `/lib/modules/${kernel}/build/.config`,
  ]
}

/** An empty or foreign file would make every option "not set". */
const isConfig = parseOnce((text) => /^(CONFIG_\w+=|# CONFIG_\w+ is not set$)/m.test(text))

/** Searched by option: a map of all 10,000 would cost more than the few that are asked for. */
const optionsOf: (file: FileText) => (option: string) => string | null = parseOnce((text) => {
  const known = new Map<string, string | null>()
  return (option) => {
    const before = known.get(option)
    if (before !== undefined) return before
    const value = findOption(text, option)
    known.set(option, value)
    return value
  }
})

/** `CONFIG_X=y`, `=m`, `="text"`, `=123`; "is not set" is "n"; null where no line names it. */
export function findOption(text: string, option: string): string | null {
  const line = `\n${option}=`
  const start = text.startsWith(`${option}=`) ? -1 : text.indexOf(line)
  if (start === -1 && !text.startsWith(`${option}=`))
    return `\n${text}`.includes(`\n# ${option} is not set\n`) ? 'n' : null
  const from = start + line.length
  const end = text.indexOf('\n', from)
  return unquote(text.slice(from, end === -1 ? undefined : end).trim())
}

function unquote(value: string): string {
  const quoted = /^"(.*)"$/.exec(value)?.[1]
  return quoted === undefined ? value : quoted.replace(/\\(["\\])/g, '$1')
}
