import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { load } from '../../agent/catalog/load.ts'
import { settle } from '../../agent/model/settle.ts'
import { makeRound } from '../../agent/rounds/make-round.ts'
import { fakeClock } from '../rounds/fake-clock.ts'
import { golden } from './golden.ts'
import { recordedHost } from './recorded-host.ts'

const folder = import.meta.dirname
const hosts = readdirSync(folder, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map((entry) => entry.name)
const loaded = load({ config: null, ownChecks: null, allowCommands: true })

/** The diff of a golden file is what users will see: read it before it is written anew with --update. */
test.each(hosts)('%s: the whole catalogue says what is written down', async (name) => {
  const host = recordedHost(join(folder, name))
  const round = await makeRound({
    host,
    clock: fakeClock(),
    files: { loaded, mistakes: [] },
    names: loaded.catalog.keys(),
  })
  const { report } = settle(null, round, name)
  await expect(golden(report)).toMatchFileSnapshot(join(folder, name, 'golden', 'all.txt'))
})
