import { existsSync, readFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { parse } from 'yaml'
import * as z from 'zod'
import { askFiles, findProgram, isFileQuestion } from '#agent/host/files/ask-files.ts'
import type { FileView } from '#agent/host/files/ask-files.ts'
import { createFileCache } from '#agent/host/files/file-cache.ts'
import { hostPath } from '#agent/host/files/host-path.ts'
import type { Host } from '#agent/model/host.ts'
import type { Answer, FileStat, Question, RunQuestion } from '#agent/model/question.ts'
import { noSpawns } from '#agent/model/spawns.ts'

/** What cannot be a file: what systemd said of units, and what programs printed. */
const answersFile = z.strictObject({
  units: z.record(z.string(), z.record(z.string(), z.string())).default({}),
  /** By path: bytes and inodes. */
  spaces: z
    .record(
      z.string(),
      z.strictObject({
        size: z.int(),
        free: z.int(),
        freeForRoot: z.int(),
        inodes: z.int(),
        inodesFree: z.int(),
      }),
    )
    .default({}),
  /** Character devices: a folder of a repository holds none. */
  devices: z.array(z.string()).default([]),
  sockets: z.array(z.string()).default([]),
  /** What the kernel says of its clock. */
  clock: z.enum(['synchronized', 'unsynchronized']).optional(),
  /** By name: /proc/<pid>/limits. */
  processes: z.record(z.string(), z.string()).default({}),
  /** By number and protocol ("10250/tcp"): the name of who holds it. All others are free. */
  ports: z.record(z.string(), z.string()).default({}),
  runs: z
    .array(
      z.strictObject({
        argv: z.array(z.string()),
        exitCode: z.int(),
        stdout: z.string(),
        stderr: z.string().default(''),
      }),
    )
    .default([]),
})

/** A host as it was recorded in a folder: `root/` with the files that checks ask for, `in/<process>`
 * with those of the root that a process has of its own, `answers.yaml` with the rest. */
export function recordedHost(folder: string): Host {
  const answers = answersFile.parse(parse(readFileSync(join(folder, 'answers.yaml'), 'utf8')))
  const root = join(folder, 'root')
  if (!existsSync(root)) throw new Error(`${folder} has no root`)
  const view = viewOf(root)
  const answer = (question: Question): Answer<unknown> => {
    if (question.ask === 'space') {
      const space = answers.spaces[question.path] ?? (question.path === '/' ? ofRoot : undefined)
      return orElse(space, spaceless)
    }
    if (question.ask === 'process') {
      const limits = answers.processes[question.name]
      return orElse(limits === undefined ? undefined : { limits }, notRunning)
    }
    if (question.ask === 'port') {
      const by = answers.ports[`${question.port}/${question.protocol}`]
      return { fate: 'found', value: { sockets: by === undefined ? [] : [[by]], isWhole: true } }
    }
    if (question.ask === 'kernelClock') {
      const { clock } = answers
      return orElse(clock && { isSynchronized: clock === 'synchronized' }, clockless)
    }
    if (question.ask === 'stat') {
      if (answers.devices.includes(question.path)) return found(special('char', question.path))
      if (answers.sockets.includes(question.path)) return found(special('socket', question.path))
    }
    if (question.ask === 'statAll') {
      const names = answers.devices
        .filter((path) => dirname(path) === question.path && basename(path).startsWith(question.prefix))
        .map((path) => basename(path))
      const entries = names.map((name) => ({ name, type: 'char' }))
      if (entries.length > 0) return { fate: 'found', value: { entries, unread: [] } }
    }
    if (isFileQuestion(question)) {
      const process = 'in' in question ? question.in : undefined
      return askFiles(process === undefined ? view : viewOf(join(folder, 'in', process)), question)
    }
    if (question.ask === 'unit') return { fate: 'found', value: answers.units[question.name] ?? notFound }
    const run = answers.runs.find(({ argv }) => JSON.stringify(argv) === JSON.stringify(question.argv))
    if (run === undefined) return notRecorded(view, question)
    const { exitCode, stdout, stderr } = run
    return { fate: 'found', value: { exitCode, signal: null, stdout, stderr, truncated: false } }
  }
  return {
    description: folder,
    selfTest: () => Promise.resolve(null),
    abandoned: () => 0,
    spawned: () => noSpawns,
    ask: (questions) => Promise.resolve(questions.map((question) => [question, answer(question)])),
  }
}

/** A program that is not there cannot be run; of one that is, its answer is wanting, and no golden should say so. */
function notRecorded(view: FileView, { argv }: RunQuestion): Answer<never> {
  const which = findProgram(view, argv[0] ?? '')
  if (which.fate === 'found')
    throw new Error(`${view.root} has ${which.value.path}, but no answer of: ${argv.join(' ')}`)
  return { fate: 'absent', detail: 'it is not there' }
}

function special(type: FileStat['type'], path: string): FileStat {
  return { type, mode: 0o666, uid: 0, gid: 0, size: 0, realPath: path }
}

function found<V>(value: V): Answer<V> {
  return { fate: 'found', value }
}

function viewOf(root: string): FileView {
  return { root, suspects: new Set<string>(), hostPath, cache: createFileCache() }
}

const notFound = { LoadState: 'not-found', ActiveState: 'inactive', SubState: 'dead', UnitFileState: '' }

/** Where none was recorded: enough for whatever is not there yet. */
const ofRoot = { size: 2e11, free: 1e11, freeForRoot: 1.1e11, inodes: 1e7, inodesFree: 9e6 }
const clockless: Answer<never> = { fate: 'failed', detail: 'was not recorded' }
const spaceless: Answer<never> = { fate: 'absent', detail: 'no such folder was recorded' }
const notRunning: Answer<never> = { fate: 'absent', detail: 'no such process was recorded' }

function orElse<V>(value: V | undefined, otherwise: Answer<V>): Answer<V> {
  return value === undefined ? otherwise : found(value)
}
