import { release } from 'node:os'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { FixHost } from '../long/fixes/fix-host.ts'
import { debian12 } from '../long/fixes/hosts.ts'
import { fixables, runFixes } from '../long/fixes/run-fixes.ts'
import type { Fixable } from '../long/fixes/run-fixes.ts'
import { readTable } from '../long/fixes/table.ts'

const section = readTable().find(({ host }) => host === debian12.name)
const rows = section?.rows ?? []
const again = 'npm run test:long -- "fixes Debian 12"'

/** Of a kernel that lacks other things other texts are printed, and other outcomes are right. */
const isSameKernel = section?.run.includes(majorMinor(release())) ?? false

/** Of the table of executed fixes those whose text is another by now, and ten more, so that each has its turn. */
describe.skipIf(!process.env['HOSTDEPS_TEST_HOST_ROOT'] || !process.env['HOSTDEPS_TEST_PACKAGES'])(
  'fixes on Debian 12',
  () => {
    let host: FixHost
    let all: readonly Fixable[]
    beforeAll(async () => {
      host = await debian12.boot()
      all = fixables(await host.ask())
    })
    afterAll(() => host?.stop())

    test('come out as the table says', async () => {
      const known = new Map(rows.map((row) => [row.check, row]))
      const changed = all.filter(({ before, script }) => known.get(before.name)?.script !== script)
      const chosen = new Set([...changed, ...ofToday(all)])
      console.log(`changed: ${changed.map(({ before }) => before.name).join(', ') || 'none'}`)
      const ran = await runFixes(host, [...chosen], { isShared: true, tell: console.log })
      expect(ran.filter(({ outcome }) => outcome === 'wrong')).toEqual([])
      if (!isSameKernel) return
      const others = ran.filter(({ check, outcome }) => known.get(check)?.outcome !== outcome)
      expect(others, `run: ${again}`).toEqual([])
    })
  },
)

/** Ten with commands, a day further each day. */
function ofToday(all: readonly Fixable[]): readonly Fixable[] {
  const run = all.filter(({ before }) =>
    rows.some(({ check, exits }) => check === before.name && exits !== ''),
  )
  const days = Math.floor(Date.now() / 86_400_000)
  return Array.from(
    { length: Math.min(10, run.length) },
    (_, index) => run[(days * 10 + index) % run.length],
  ).flatMap((one) => one ?? [])
}

function majorMinor(version: string): string {
  return version.split('.', 2).join('.')
}
