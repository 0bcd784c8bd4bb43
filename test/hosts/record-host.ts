import { chmodSync, mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { stringify } from 'yaml'
import { load } from '#agent/catalog/load.ts'
import { openHost } from '#agent/host/open-host.ts'
import { collectAnswers } from '#agent/model/answers.ts'
import type { AnswerEntry } from '#agent/model/answers.ts'
import { factQuestions, readFacts } from '#agent/model/facts.ts'
import { plan } from '#agent/model/plan.ts'
import type {
  FileStat,
  FileText,
  FolderText,
  KernelClock,
  Program,
  RunResult,
  UnitProperties,
} from '#agent/model/question.ts'

/**
 * Records a host for the tests: `node test/hosts/record-host.ts PID FOLDER` asks it all that the catalogue asks, and
 * writes down what was found.
 */
const [pid = '', folder = ''] = process.argv.slice(2)
const host = openHost({ procfs: '/proc', targetPid: Number(pid), deadline: () => 10_000 })
const { catalog } = load({ config: null, customChecks: null, allowCommands: true })
const known = await host.ask(factQuestions)
const facts = readFacts(collectAnswers(known), { arch: process.arch, now: Date.now() })
const asked = await host.ask(plan([...catalog.values()], facts).shipped)
const units: Record<string, UnitProperties> = {}
const runs: unknown[] = []
let clock: string | undefined
for (const entry of [...known, ...asked]) record(entry)
writeFileSync(join(folder, 'answers.yaml'), stringify({ units, clock, runs }, { lineWidth: 0 }))

function record([question, answer]: AnswerEntry): void {
  if (answer.fate !== 'found') return
  switch (question.ask) {
    case 'read':
      if (!question.path.endsWith('.gz')) put(question.path, (answer.value as FileText).text)
      return
    case 'readAll':
      for (const { path, text } of (answer.value as FolderText).files) put(path, text)
      return
    case 'which':
      putProgram(answer.value as Program)
      return
    case 'stat':
      putStat(question.path, answer.value as FileStat)
      return
    case 'unit':
      units[question.name] = answer.value as UnitProperties
      return
    case 'kernelClock':
      clock = (answer.value as KernelClock).isSynchronized ? 'synchronized' : 'unsynchronized'
      return
    case 'run': {
      const { exitCode, stdout, stderr } = answer.value as RunResult
      runs.push({ argv: question.argv, exitCode, stdout, stderr })
      return
    }
    default:
  }
}

function put(path: string, text: string): void {
  mkdirSync(dirname(join(folder, 'root', path)), { recursive: true })
  writeFileSync(join(folder, 'root', path), text)
}

function putProgram({ path, executable }: Program): void {
  put(path, '')
  chmodSync(join(folder, 'root', path), executable ? 0o755 : 0o644)
}

/** Only that it is there; what is in it was recorded if it was read. */
function putStat(path: string, { type }: FileStat): void {
  const place = join(folder, 'root', path)
  if (type === 'directory') mkdirSync(place, { recursive: true })
  else if (!asked.some(([question]) => question.ask === 'read' && question.path === path)) put(path, '')
}
