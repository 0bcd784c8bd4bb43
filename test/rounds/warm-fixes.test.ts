import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { load } from '#agent/catalog/load.ts'
import { longestLateFix } from '#agent/model/bounds.ts'
import type { Host } from '#agent/model/host.ts'
import { makeRound } from '#agent/rounds/make-round.ts'
import { openRoundMemory } from '#agent/rounds/round-memory.ts'
import { recordedHost } from '../hosts/recorded-host.ts'
import { fakeClock } from './fake-clock.ts'

const folder = mkdtempSync(join(tmpdir(), 'hostdeps-warm-fixes-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** Each check has a fix of 50,000 characters; "outer" includes "inner" after needs of its own, and the others include "many". */
const note = 'x'.repeat(490)
const files = (name: string) =>
  Array.from(
    { length: 100 },
    (_, index) => `  - file: /${name}/${index}\n    fix: { debian: { note: "${index}${note}" } }\n`,
  ).join('')
const others = Array.from({ length: 40 }, (_, number) => `other-${number}`)
for (const name of others) write(name, '  - check: many\n')
write('many', files('many'))
write('outer', `${files('outer')}  - check: inner\n`)
write('inner', files('inner'))
const loaded = load({ config: null, customChecks: folder, allowCommands: false })

test('a warm round cuts the same fixes as a new prober, where they are too long together', async () => {
  const memory = openRoundMemory()
  const names = [...others.slice(0, 34), 'outer', 'inner', 'many', ...others.slice(34)]
  const round = async (there: readonly string[], remembered = openRoundMemory()) => {
    const options = { clock: fakeClock(), files: { loaded, mistakes: [] }, names, memory: remembered }
    return (await makeRound({ ...options, host: hostWith(there) })).checks
  }
  await round(['inner'], memory)
  const warm = await round([], memory)
  const cold = await round([])
  const lengths = cold.map(({ fix }) => fix?.length ?? 0)
  expect(Math.max(...lengths)).toBeGreaterThan(longestLateFix)
  expect(Math.min(...lengths)).toBeLessThanOrEqual(longestLateFix)
  expect(warm).toEqual(cold)
  expect(await round([], memory)).toEqual(cold)
})

function write(name: string, needs: string): void {
  writeFileSync(join(folder, `${name}.yaml`), `title: t\nwhy: w\nneeds:\n${needs}`)
}

/** The recorded host, on which all files below these folders are. */
function hostWith(folders: readonly string[]): Host {
  const recorded = recordedHost(new URL('../hosts/debian-12', import.meta.url).pathname)
  return {
    ...recorded,
    async ask(questions) {
      const answers = await recorded.ask(questions)
      const file = { type: 'file', mode: 0o644, uid: 0, gid: 0, size: 1 }
      return answers.map(([question, answer]) =>
        question.ask === 'stat' && folders.some((name) => question.path.startsWith(`/${name}/`))
          ? [question, { fate: 'found', value: file }]
          : [question, answer],
      )
    },
  }
}
