import { chmodSync, mkdirSync, rmSync, unlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { readCatalog } from '#agent/catalog/catalog.ts'
import { defaultConfig } from '#agent/catalog/config.ts'
import { exitCodeOf } from '#agent/commands/wiring/exit-codes.ts'
import type { Clock } from '#agent/model/host.ts'
import type { Report, Round } from '#agent/model/report.ts'
import { confirmAfter, settle } from '#agent/model/settle.ts'
import { formats } from '#agent/render/formats.ts'
import { makeRound } from '#agent/rounds/make-round.ts'
import { fakeClock } from '../rounds/fake-clock.ts'
import { compose } from './compose.ts'
import { recordedHost } from './recorded-host.ts'

/**
 * Answers that other host checkers were seen to give on real runs, and the truth that ours must be. The others are tested
 * where what they are of is real: a command that hangs or is not there at the start, test/commands/hung-program.slow.test.ts;
 * a folder that is not there at the start, test/host/watch-host.test.ts; a row under another's title,
 * test/needs/own-name.test.ts; a restart, test/publish/restore.test.ts and test/cluster/faults.test.ts; counters of a
 * cached run, test/http/metrics/metrics-route.test.ts.
 */
const folders: string[] = []
const whole = remember(trap(() => {}))
const noModules = remember(trap(withoutModules))
const noSystemd = remember(trap(withoutSystemd))
const noDatabase = remember(trap(withoutDatabase))
const blind = remember(
  trap((root) => {
    withoutSystemd(root)
    withoutDatabase(root)
  }),
)
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true })
})

describe('preflight said', () => {
  test.each([
    ['a collector failed: no /proc/modules', noModules, 'kernelModule: nfs', 'unknown ModuleUnknown'],
    [
      'the same of what is built in',
      noModules,
      'kernelModule: ext4\n    config: CONFIG_NET',
      'ready ModuleBuiltIn',
    ],
    ['nothing at all of services without systemd', noSystemd, 'unit: dbus', 'unknown ServiceManagerUnknown'],
    [
      'nothing at all of packages it could not read',
      noDatabase,
      'package: open-iscsi',
      'unknown PackageManagerUnknown',
    ],
    ['unsupported distribution: debian', whole, 'package: open-iscsi', 'ready PackageInstalled'],
    ['nfs not loadable (nfs.ko.xz)', whole, 'kernelModule: nfs', 'ready ModuleLoadable'],
    ['dm_snapshot not loadable (dm-snapshot.ko)', whole, 'kernelModule: dm_snapshot', 'ready ModuleLoadable'],
    ['dm-multipath not loaded (dm_multipath)', whole, 'kernelModule: dm-multipath', 'ready ModuleLoaded'],
    ['dm_mod not loaded (dm-mod built in)', whole, 'kernelModule: dm_mod', 'ready ModuleBuiltIn'],
    ['a unit named by a bullet', whole, 'unit: auditd', 'missing UnitNotFound'],
    [
      'multipathd not reported as inactive',
      whole,
      'unit: multipathd\n    state: inactive',
      'ready UnitReady',
    ],
    ['missing CONFIG_MODULES=n', whole, 'kernelConfig: CONFIG_MODULES=n', 'ready KernelConfigSet'],
    ['removed-tool installed', whole, 'package: removed-tool', 'missing PackageRemoved'],
    ['broken-tool installed', whole, 'package: broken-tool', 'missing PackageBroken'],
    [
      'an internal error of a sysctl that is not there',
      whole,
      'sysctl: no.such.key',
      'missing SysctlNotFound',
    ],
  ])('%s', (_, folder, need, said) => expectSaid(folder, need, said))

  test('all is well, exit 0, when a unit and a package could not be asked and a sysctl could', async () => {
    const needs = [
      'unit: dbus',
      'package: open-iscsi',
      "sysctl: net.ipv4.tcp_rmem\n    is: '4096 131072 33554432'",
    ]
    const report = await reportOf(blind, needs)
    expect(report.checks[0]?.findings.map(({ need, state }) => `${need} ${state}`)).toEqual([
      'unit:dbus.service unknown',
      'package:open-iscsi unknown',
      'sysctl:net.ipv4.tcp_rmem ready',
    ])
    const rows = formats.wide(report, { color: false }).split('\n')
    expect(rows.filter((row) => row.startsWith('mine'))).toHaveLength(3)
    expect([report.checks[0]?.state, exitCodeOf(report)]).toEqual(['unknown', 4])
  })
})

describe('goss said', () => {
  test.each([
    [
      'running: false, and passed, without systemd',
      noSystemd,
      'unit: dbus\n    state: inactive',
      'unknown ServiceManagerUnknown',
    ],
    [
      'the same of a unit that does not exist and of a stopped one',
      whole,
      'unit: no-such',
      'missing UnitNotFound',
    ],
    ['enabled: false of a stopped one', whole, 'unit: dbus', 'missing UnitInactive'],
    [
      'enabled: true of a static unit',
      whole,
      'unit: emergency\n    state: enabled',
      'missing UnitNotEnabled',
    ],
    ['that a dangling link exists', whole, 'file: /etc/dangling', 'missing FileNotFound'],
    [
      'no match of tabs by spaces',
      whole,
      "sysctl: net.ipv4.tcp_rmem\n    is: '4096 131072 33554432'",
      'ready SysctlOk',
    ],
    [
      'no such key of an interface with a dot',
      whole,
      'sysctl: net.ipv4.conf.b0/100.rp_filter\n    is: 0',
      'ready SysctlOk',
    ],
  ])('%s', (_, folder, need, said) => expectSaid(folder, need, said))

  test.each([
    ["package: 'open-*'", 'no patterns'],
    ["unit: 'dbus*'", 'is not the name of a unit'],
    ["kernelModule: 'nf*'", 'is not the name of a kernel module'],
    ["binary: 'ba*'", 'is neither the name of a program'],
    ["process: 'kube*'", 'is not the name of a process'],
    ["user: 'nobod*'", 'is not the name of a user'],
    ["kernelConfig: 'CONFIG_*'", 'CONFIG_'],
  ])('that bas* is installed: a name is no pattern in %s', (need, words) => {
    return expect(say(whole, need)).rejects.toThrow(words)
  })

  test('nor in a path, where it is a letter', () => {
    return expectSaid(whole, "file: '/etc/os-rel*'", 'missing FileNotFound')
  })
})

describe('nfd-worker said', () => {
  test.each([
    ['nothing of a kernel without modules', noModules, 'kernelModule: dm_multipath', 'unknown ModuleUnknown'],
    ['dm-mod, but dm_multipath', whole, 'kernelModule: dm-mod', 'ready ModuleBuiltIn'],
    ['nothing of what can be loaded', whole, 'kernelModule: nfs', 'ready ModuleLoadable'],
  ])('%s', (_, folder, need, said) => expectSaid(folder, need, said))
})

describe('a grep of Longhorn said', () => {
  test.each([
    ['iscsi is installed (it is in a name)', 'package: iscsi', 'missing PackageNotInstalled'],
    ['kernel is installed (it is in a description)', 'package: kernel', 'missing PackageNotInstalled'],
    ['container is installed (the same)', 'package: container', 'missing PackageNotInstalled'],
    ['what is removed is installed', 'package: removed-tool', 'missing PackageRemoved'],
    ['nfs is loaded (nfsd is)', 'kernelModule: nfs\n    loaded: true', 'missing ModuleNotLoaded'],
  ])('%s', (_, need, said) => expectSaid(whole, need, said))
})

describe('node-problem-detector said', () => {
  test('Unknown for the reason of all is well, of a script that was removed while it ran', async () => {
    const folder = remember(trap((root) => putProgram(root, 'usr/bin/tool')))
    const clock = fakeClock()
    const first = settle(null, await roundOf(folder, ['binary: tool'], clock), 'n')
    unlinkSync(join(folder, 'root/usr/bin/tool'))
    const second = settle(first, await roundOf(folder, ['binary: tool'], clock), 'n')
    await clock.pass(confirmAfter)
    const third = settle(second, await roundOf(folder, ['binary: tool'], clock), 'n')
    const said = [first, second, third].map(({ report: { checks } }) => checks[0])
    expect(said.map((check) => `${check?.state} ${check?.reason}`)).toEqual([
      'ready AllReady',
      'ready AllReady',
      'missing BinaryNotFound',
    ])
    expect(said[1]?.pending).toMatchObject({ state: 'missing', reason: 'BinaryNotFound' })
  })
})

async function expectSaid(folder: string, need: string, said: string): Promise<void> {
  expect(await say(folder, need)).toBe(said)
}

/** State and reason of one need. */
async function say(folder: string, need: string): Promise<string> {
  const report = await reportOf(folder, [need])
  const [finding] = report.checks[0]?.findings ?? []
  return `${finding?.state} ${finding?.reason}`
}

async function reportOf(folder: string, needs: readonly string[]): Promise<Report> {
  return settle(null, await roundOf(folder, needs, fakeClock()), 'n').report
}

/** Of the one check "mine" with these needs. */
function roundOf(folder: string, needs: readonly string[], clock: Clock): Promise<Round> {
  const text = `title: t\nwhy: w\nneeds:\n${needs.map((need) => `  - ${need}\n`).join('')}`
  const rules = { origin: 'shipped', allowCommands: true } as const
  const { catalog, mistakes } = readCatalog([{ file: 'mine.yaml', text, rules }])
  if (mistakes.length > 0) throw new Error(mistakes.map(({ message }) => message).join('; '))
  const loaded = { config: defaultConfig, catalog, hash: '' }
  return makeRound({ host: recordedHost(folder), clock, files: { loaded, mistakes: [] }, names: ['mine'] })
}

function remember(folder: string): string {
  folders.push(folder)
  return folder
}

function trap(change: (root: string) => void): string {
  const folder = compose(join(import.meta.dirname, 'known-wrong-answers.yaml'))
  const root = join(folder, 'root')
  mkdirSync(join(root, 'proc/sys/net/ipv4/conf/b0.100'), { recursive: true })
  writeFileSync(join(root, 'proc/sys/net/ipv4/conf/b0.100/rp_filter'), '0\n')
  rmSync(join(root, 'nowhere-to-be-found'), { recursive: true, force: true })
  change(root)
  return folder
}

function withoutModules(root: string): void {
  unlinkSync(join(root, 'proc/modules'))
  rmSync(join(root, 'lib/modules'), { recursive: true })
}

function withoutSystemd(root: string): void {
  writeFileSync(join(root, 'proc/1/comm'), 'my-init\n')
}

function withoutDatabase(root: string): void {
  unlinkSync(join(root, 'var/lib/dpkg/status'))
}

function putProgram(root: string, path: string): void {
  mkdirSync(dirname(join(root, path)), { recursive: true })
  writeFileSync(join(root, path), '')
  chmodSync(join(root, path), 0o755)
}
