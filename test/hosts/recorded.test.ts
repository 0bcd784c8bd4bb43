import { readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { load } from '#agent/catalog/load.ts'
import { settle } from '#agent/model/settle.ts'
import { makeRound } from '#agent/rounds/make-round.ts'
import { fakeClock } from '../rounds/fake-clock.ts'
import { compose } from './compose.ts'
import { golden } from './golden.ts'
import { unplainWords } from './plain-words.ts'
import { recordedHost } from './recorded-host.ts'

const folder = import.meta.dirname
const composed = join(folder, 'composed')
const made: string[] = []
const hosts = readdirSync(folder, { withFileTypes: true })
  .filter((entry) => entry.isDirectory() && entry.name !== 'composed')
  .map(({ name }) => [name, join(folder, name, 'golden', 'all.txt'), () => join(folder, name)] as const)
const documented = readdirSync(composed)
  .filter((name) => name.endsWith('.yaml'))
  .map((name) => {
    const file = join(composed, 'golden', name.replace('.yaml', '.txt'))
    return [name.replace('.yaml', ''), file, () => remember(compose(join(composed, name)))] as const
  })
const loaded = load({ config: null, customChecks: null, allowCommands: true })

afterAll(() => {
  for (const place of made) rmSync(place, { recursive: true })
})

/** The diff of a golden file is what users will see: read it before it is written anew with --update. */
test.each([...hosts, ...documented])(
  '%s: the whole catalogue says what is written down',
  async (name, file, place) => {
    const host = recordedHost(place())
    const round = await makeRound({
      host,
      clock: fakeClock(),
      files: { loaded, mistakes: [] },
      names: loaded.catalog.keys(),
    })
    const { report } = settle(null, round, name)
    expect(unplainWords(report.checks)).toEqual([])
    await expect(golden(report)).toMatchFileSnapshot(file)
  },
)

function remember(place: string): string {
  made.push(place)
  return place
}
