import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { load } from '#agent/catalog/load.ts'
import { openCrashWatch } from '#agent/crashes/watch-crashes.ts'
import { writeRound } from '#agent/round-file/file.ts'
import { makeRound } from '#agent/rounds/make-round.ts'
import { idOf, kubeletFolder } from '../host/containers/kubelet-folder.ts'
import { recordedHost } from '../hosts/recorded-host.ts'

const on = kubeletFolder()
const folder = mkdtempSync(join(tmpdir(), 'hostdeps-round-'))
afterAll(() => {
  on.remove()
  rmSync(folder, { recursive: true })
})

/** What must be nowhere but in the log: also in the line that matches, at both of its ends. */
const canaries = ['hunter2-before', 'hunter2-inside', 'hunter2-after', 'hunter2-last']
const log = [
  'password=hunter2-before',
  'hunter2-inside iscsiadm: can not connect to iSCSI daemon (111)! hunter2-after',
  'token hunter2-last',
].join('\n')

test('no byte of a log is in the round file', async () => {
  const host = recordedHost(new URL('../hosts/alpine-3', import.meta.url).pathname)
  const files = { loaded: load({ config: null, allowCommands: false }), mistakes: [] }
  const crashes = openCrashWatch(on.open())
  const path = join(folder, 'round.json')
  let time = Date.parse('2026-11-29T13:00:00Z')
  const clock = { now: () => new Date(time), boot: () => time - 1e9, after: () => () => {} }
  const round = async () => {
    const made = await makeRound({ host, clock, files, names: files.loaded.catalog.keys(), crashes })
    writeRound(path, made)
    return made
  }
  expect((await round()).crashes).toEqual([])
  for (const [index, id] of [idOf(1), idOf(2)].entries()) {
    time += 10_000
    on.attempt({ pod: 'web', id, restarts: index, log, started: time - 5_000, ended: time - 1_000 })
  }
  const [crash] = (await round()).crashes
  expect(crash).toMatchObject({
    namespace: 'default',
    pod: 'web',
    need: 'unit:iscsid.service|iscsid.socket',
    restarts: 1,
  })
  const written = readFileSync(path, 'utf8')
  expect(written).toContain(JSON.stringify(crash))
  expect(canaries.filter((canary) => written.includes(canary))).toEqual([])
  expect(written).not.toContain('iSCSI daemon (111)')
})
