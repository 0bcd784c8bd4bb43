import { mkdirSync, rmSync, unlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { readCatalog } from '../../agent/catalog/catalog.ts'
import { readShipped } from '../../agent/catalog/load.ts'
import { fixText } from '../../agent/fixes/fix-text.ts'
import { collectAnswers } from '../../agent/model/answers.ts'
import { factQuestions, readFacts } from '../../agent/model/facts.ts'
import { judge } from '../../agent/model/judge.ts'
import { plan } from '../../agent/model/plan.ts'
import { compose } from './compose.ts'
import { recordedHost } from './recorded-host.ts'

/**
 * Answers that other host checkers were seen to give on real runs, and the truth that ours must be. What is of time, of
 * processes or of a cluster (a hung command, a restart, counters of a cached run) is tested where such things are real:
 * test/host/namespaces.test.ts, test/publish/restore.test.ts, test/cluster/faults.test.ts, test/http/metrics.test.ts.
 */
const folders = [trap(() => {}), trap(withoutModules), trap(withoutSystemd), trap(withoutDatabase)]
const [whole = '', noModules = '', noSystemd = '', noDatabase = ''] = folders
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

  test('that bas* is installed: a name is no pattern', () => {
    expect(() => say(whole, "package: 'open-*'")).toThrow('no patterns')
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
    ['what is removed is installed', 'package: removed-tool', 'missing PackageRemoved'],
    ['nfs is loaded (nfsd is)', 'kernelModule: nfs\n    loaded: true', 'missing ModuleNotLoaded'],
  ])('%s', (_, need, said) => expectSaid(whole, need, said))
})

async function expectSaid(folder: string, need: string, said: string): Promise<void> {
  expect(await say(folder, need)).toBe(said)
}

/** State and reason of one need. */
function say(folder: string, need: string): Promise<string> {
  const text = `title: t\nwhy: w\nneeds:\n  - ${need}\n`
  const { catalog, mistakes } = readCatalog([
    ...readShipped(),
    { file: 'mine.yaml', text, rules: { origin: 'shipped', allowCommands: true } },
  ])
  if (mistakes.length > 0) throw new Error(mistakes.map(({ message }) => message).join('; '))
  return ask(
    folder,
    [...catalog.values()].filter(({ name }) => name === 'mine'),
  )
}

async function ask(folder: string, checks: Parameters<typeof judge>[0]): Promise<string> {
  const host = recordedHost(folder)
  const known = await host.ask(factQuestions)
  const facts = readFacts(collectAnswers(known), { arch: 'x64', now: 0 })
  const answers = collectAnswers([...known, ...(await host.ask(plan(checks, facts)))])
  const [result] = judge(checks, { facts, answers, unreachable: null, publishedBy: () => [], fixText })
  const [finding] = result?.findings ?? []
  return `${finding?.state} ${finding?.reason}`
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
