import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { execa } from 'execa'
import { afterAll, describe, expect, test } from 'vitest'
import { unprintable } from '#agent/model/plain.ts'
import { patience } from '../patience.ts'

/** Odd things that an administrator or a mount may leave on a real host, as the whole program sees them. */

const isRoot = process.getuid?.() === 0
if (!isRoot) console.warn('SKIPPED: what is odd on a host is bound over its files by root alone')

const folder = mkdtempSync(join(tmpdir(), 'hostdeps-odd-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe.runIf(isRoot).each([
  ['a range that runs backwards', 'alias usb[9-0]* off\n'],
  ['forty stars', `alias ${'*'.repeat(40)}z x\ninstall ${'*a'.repeat(40)}z /bin/true\n`],
  ['a pattern of a megabyte', `alias ${'*['.repeat(500_000)} off\n`],
])('a line of modprobe.d: %s', (what, line) => {
  test.each([['nfs-client'], ['--all'], ['layout', '--checks', folder]])(
    'leaves check %s its report',
    async (...args) => {
      writeFileSync(
        join(folder, 'layout.yaml'),
        'title: t\nwhy: w\nneeds: [{ kernelModule: nfs_layout_nfsv41_files }]\n',
      )
      const odd = join(mkdtempSync(join(folder, 'modprobe-')), 'x.conf')
      writeFileSync(odd, line)
      const prepare =
        'mkdir -p /etc/modprobe.d; mount -t tmpfs odd /etc/modprobe.d; cp "$ODD" /etc/modprobe.d/'
      const run = await inside(prepare, ['check', ...args.filter(Boolean), '-o', 'json'], { ODD: odd })
      expect(run.stderr).not.toMatch(/SyntaxError|RangeError|hostdeps failed/)
      expect([what, run.exitCode]).toEqual([what, expect.toBeOneOf([0, 3, 4])])
      const findings = JSON.stringify(JSON.parse(run.stdout).checks)
      expect(findings).toMatch(/kernelModule:/)
      expect(findings).not.toMatch(/hostdeps failed to/)
    },
  )
})

test.runIf(isRoot)('what a mount says of itself comes harmless to a terminal', async () => {
  writeFileSync(
    join(folder, 'odd-mount.yaml'),
    'title: t\nwhy: w\nneeds: [{ mount: { path: /mnt, options: [noexec] } }]\n',
  )
  const prepare = String.raw`
    mount -t tmpfs t /mnt
    odd=$(printf 'l\033[31mX')
    mkdir "/mnt/$odd" /mnt/o
    mount -t overlay overlay -o "lowerdir=/mnt/$odd:/mnt/o" /mnt
    grep -cF "$odd" /proc/1/mountinfo >&2`
  const args = ['check', 'odd-mount', '--checks', folder, '-o', 'wide']
  const run = await inside(prepare, args)
  expect(run.stderr).toBe('1')
  expect(run.exitCode).toBe(3)
  expect(run.stdout).toContain('lowerdir=/mnt/l [31mX:/mnt/o')
  expect(run.stdout.replaceAll('\n', '')).not.toMatch(new RegExp(`[${unprintable}]`, 'u'))
})

/** In a mount namespace of its own, which goes with it; as process 1, whose mounts are the host's. */
function inside(prepare: string, args: readonly string[], env: Record<string, string> = {}) {
  const script = `set -e\n${prepare}\nexec "$0" agent/main.ts "$@"`
  const own = ['--mount', '--propagation', 'private', '--pid', '--fork', '--kill-child', '--mount-proc']
  const argv = [...own, 'sh', '-c', script, process.execPath, ...args]
  return execa('unshare', argv, { env: { ...env, NO_COLOR: '1' }, reject: false, timeout: patience })
}
