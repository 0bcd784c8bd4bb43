import { expect, test } from 'vitest'
import { readCheckFile } from '#agent/catalog/check-file.ts'
import { fixText } from '#agent/fixes/fix-text.ts'
import type { Check } from '#agent/model/check.ts'
import type { Facts } from '#agent/model/facts.ts'
import type { Host } from '#agent/model/host.ts'
import { judge } from '#agent/model/judge.ts'
import type { Answer, Question, UnitProperties, UnitStarts } from '#agent/model/question.ts'
import { noSpawns } from '#agent/model/spawns.ts'
import { askHost } from '#agent/rounds/ask-host.ts'
import { answerFile, debian } from './memory-host.ts'
import type { Files } from './memory-host.ts'

/** A host, as far as a test says. */
export interface World {
  readonly files?: Files
  readonly units?: Readonly<Record<string, Partial<UnitProperties>>>
  readonly facts?: Partial<Facts>
  readonly origin?: Check['origin']
}

/** What systemd says of a unit that nothing starts. */
export const startedByHand: UnitStarts = {
  FragmentPath: '/etc/systemd/system/a.service',
  BusName: '',
  TriggeredBy: '',
  WantedBy: '',
  RequiredBy: '',
  UpheldBy: '',
  BoundBy: '',
  ConsistsOf: '',
}

/** Enough for a host of which we see what it boots by. */
const seen: Files = {
  '/usr/lib/systemd/system/x.service': '[Service]\nExecStart=/bin/x\n',
  '/usr/lib/sysctl.d/50-default.conf': '# nothing\n',
}

/** What a check of one need says on a host, asked as a round does it. */
export async function resultOf(
  need: string,
  { files = {}, units = {}, facts = {}, origin = 'shipped' }: World,
) {
  const text = `title: T\nwhy: W.\nneeds:\n  - ${need}\n`
  const read = readCheckFile('/x.yaml', text, { origin, allowCommands: false })
  if ('mistakes' in read) throw new Error(JSON.stringify(read.mistakes[0]))
  const asked: Question[] = []
  const host: Host = {
    description: 'in memory',
    selfTest: () => Promise.resolve(null),
    abandoned: () => 0,
    spawned: () => noSpawns,
    ask(questions) {
      asked.push(...questions)
      const all = { ...seen, ...files }
      return Promise.resolve(questions.map((one) => [one, answer(one, all, units)] as const))
    },
  }
  const all = { ...debian, ...facts }
  const answers = await askHost(host, [read.check], { facts: all, known: [] })
  const told = { facts: all, answers, unreachable: null, publishedBy: () => [] }
  const [result] = judge([read.check], { ...told, fixText })
  return { ...result, asked }
}

function answer(question: Question, files: Files, units: World['units']): Answer<unknown> {
  if (question.ask === 'which') {
    const path = `/usr/bin/${question.name}`
    return path in files
      ? { fate: 'found', value: { path, executable: true } }
      : { fate: 'absent', detail: 'no' }
  }
  if (question.ask !== 'unit') return answerFile(question, files)
  const unit = units?.[question.name]
  const none = { LoadState: 'not-found', ActiveState: 'inactive', SubState: 'dead', UnitFileState: '' }
  return { fate: 'found', value: unit === undefined ? none : { ...none, LoadState: 'loaded', ...unit } }
}

/** What is said to be gone after a reboot of a need that is ready. */
export async function goneOn(need: string, world: World): Promise<string | null> {
  const { findings, state } = await resultOf(need, world)
  expect(state).toBe('ready')
  return findings?.find(({ reason }) => reason === 'GoneAfterReboot')?.message ?? null
}

/** By name a host, and what is said of its need; null where nothing is. */
export const table = (rows: readonly (readonly [string, World, RegExp | null])[], need: string) => {
  test.each(rows)('%s', async (_, world, message) => {
    const gone = await goneOn(need, world)
    if (message === null) expect(gone).toBeNull()
    else expect(gone).toMatch(message)
  })
}
