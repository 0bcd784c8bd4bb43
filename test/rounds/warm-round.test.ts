import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, afterEach, beforeEach, expect, test, vi } from 'vitest'
import { fakeClock } from './fake-clock.ts'

const folder = mkdtempSync(join(tmpdir(), 'hostdeps-warm-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
cpSync(new URL('../hosts/debian-12', import.meta.url).pathname, folder, { recursive: true })

// So that files count as unchanged although they were written just now.
beforeEach(() => void vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 60_000 }))
afterEach(() => void vi.useRealTimers())

/** One after the other, on the same host. */
const changes = [
  ['/etc/modprobe.d/a.conf', 'install nfs /bin/false\nblacklist dm_crypt\nalias vxlan nothing\n'],
  ['/proc/cmdline', 'BOOT_IMAGE=/vmlinuz root=/dev/sda1 module_blacklist=overlay,br_netfilter\n'],
  ['/proc/modules', 'dm_multipath 45056 0 - Live 0x0000000000000000\n'],
  ['/proc/sys/kernel/modules_disabled', '1\n'],
  ['/etc/modprobe.d/a.conf', ''],
  ['/proc/sys/vm/max_map_count', '1000\n'],
  // Only a check that others include asks for it.
  ['/proc/sys/net/ipv4/ip_forward', '1\n'],
  ['/proc/sys/kernel/osrelease', '4.19.0-1-amd64\n'],
  ['/etc/os-release', 'ID=fedora\nVERSION_ID=42\nPRETTY_NAME="Fedora"\n'],
] as const

test('a round that remembers the one before says what a new prober says, whatever changed', async () => {
  const ask = await start()
  await ask()
  let before = await ask()
  for (const [path, text] of changes) {
    const file = join(folder, 'root', path)
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, text)
    const warm = await ask()
    expect(warm, path).not.toEqual(before)
    const askNew = await start()
    expect(warm, path).toEqual(await askNew())
    before = await ask()
    expect(before, path).toEqual(warm)
  }
}, 120_000)

/** A prober that remembers nothing: its modules are loaded anew, and with them all that they keep, and so is its memory. */
async function start() {
  vi.resetModules()
  const { load } = await import('#agent/catalog/load.ts')
  const { makeRound } = await import('#agent/rounds/make-round.ts')
  const { openRoundMemory } = await import('#agent/rounds/round-memory.ts')
  const { writeText } = await import('#agent/round-file/write.ts')
  const { recordedHost } = await import('../hosts/recorded-host.ts')
  const loaded = load({ config: null, customChecks: null, allowCommands: true })
  const host = recordedHost(folder)
  const memory = openRoundMemory()
  return async () => {
    const names = loaded.catalog.keys()
    const files = { loaded, mistakes: [] }
    const round = await makeRound({ host, clock: fakeClock(), files, names, memory })
    const { checks: written } = JSON.parse(writeText(round).text) as { readonly checks: unknown }
    return { checks: round.checks, fix: round.fix, written }
  }
}
