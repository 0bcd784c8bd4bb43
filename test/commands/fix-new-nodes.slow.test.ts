import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { parse, parseAllDocuments } from 'yaml'
import { newNodeFormatNames } from '#agent/commands/wiring/fix/fix-flags.ts'
import { debian, hostile, noIscsi } from '../cluster/made-nodes.ts'
import { hostdeps } from '../hosts/cli.ts'
import { fakeApi, status } from '../kube/fake-api.ts'
import { rawNode } from '../kube/raw-objects.ts'
import manifest from '../../package.json' with { type: 'json' }

const talos = { ...debian, distro: 'talos', family: null, installer: 'image', imageBased: 'talos' }
const rocky = { ...debian, distro: 'rocky', family: 'rhel', installer: 'dnf' }
const nodes = [
  rawNode('a', {
    'open-iscsi': noIscsi,
    'nfs-client': { state: 'ready' },
    selinux: { state: 'not-applicable' },
  }),
  rawNode('b', { 'open-iscsi': { state: 'ready' } }, { host: rocky }),
  rawNode('t', { 'open-iscsi': noIscsi }, { host: talos }),
  rawNode('own', { 'our-own': noIscsi }),
  rawNode('odd', { 'open-iscsi': noIscsi }, { host: { ...debian, distro: hostile } }),
]

async function fixAt(...args: string[]) {
  const api = await fakeApi(({ url: { pathname } }) => {
    if (pathname === '/api/v1/nodes') return { items: nodes.slice(0, 3), metadata: {} }
    const name = pathname.replace('/api/v1/nodes/', '')
    return nodes.find(({ metadata }) => metadata.name === name) ?? status(404, `nodes "${name}" not found`)
  })
  return hostdeps('fix', '--kubeconfig', api.kubeConfig, ...args)
}

test.each(newNodeFormatNames)(
  '-o %s: what is published on the Nodes, whatever their state',
  async (format) => {
    const { exitCode, stdout, stderr } = await fixAt('a', '-o', format)
    expect([exitCode, stderr]).toEqual([0, ''])
    expect(stdout).not.toContain('selinux')
    if (format !== 'ignition') {
      expect(stdout).toContain('debian: nfs-client, open-iscsi')
      expect(stdout).toMatch(/install -y nfs-common open-iscsi|- open-iscsi/)
    }
  },
)

test('Nodes of several distributions: a part each; of an image only what is written for it', async () => {
  const { exitCode, stdout, stderr } = await fixAt('--all', '--check', 'open-iscsi', '-o', 'cloud-init')
  expect(exitCode).toBe(0)
  const script = parse(stdout).write_files[0].content
  expect(script).toContain("'debian '*) fix_1 ;;\n'rocky '*) fix_2 ;;")
  expect(script).toContain('dnf install -y iscsi-initiator-utils')
  expect(stderr).toBe(
    "note: talos: Add the system extension siderolabs/iscsi-tools to the machine's image (Image Factory) and upgrade the node.",
  )
})

test('of an image alone nothing is printed, and the exit code says so', async () => {
  const { exitCode, stdout, stderr } = await fixAt('t', '-o', 'ignition')
  expect([exitCode, stdout]).toEqual([3, ''])
  expect(stderr).toMatch(/siderolabs\/iscsi-tools[^]*so there is nothing to print$/)
})

test('the image of the DaemonSet is that of this version, or another', async () => {
  const imageOf = async (...more: string[]) => {
    const [, , object] = parseAllDocuments((await fixAt('a', '-o', 'daemonset', ...more)).stdout)
    return object?.toJS().spec.template.spec.initContainers[0].image
  }
  expect(await imageOf()).toBe(`ghcr.io/hostdeps/hostdeps:${manifest.version}`)
  expect(await imageOf('--image', 'example.com/h:7')).toBe('example.com/h:7')
})

test('nothing that an editor of Nodes writes gets into it', async () => {
  const { exitCode, stdout, stderr } = await fixAt('odd', '-o', 'cloud-init')
  expect([exitCode, stdout, stderr]).toEqual([1, '', 'no agent has said of these Nodes what hosts they are'])
})

test('a custom check is known by the folder of its file', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'hostdeps-own-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  writeFileSync(
    join(folder, 'our-own.yaml'),
    'title: t\nwhy: It is mine.\nneeds:\n  - binary: ours\nfix:\n  all: { packages: [ours] }\n',
  )
  expect(await fixAt('own', '-o', 'ansible')).toMatchObject({
    exitCode: 3,
    stderr: expect.stringContaining('our-own: a custom check: name the folder of its file by --checks'),
  })
  const known = await fixAt('own', '-o', 'ansible', '--checks', folder)
  expect(known.stdout).toContain('Install ours')
  const daemonSet = await fixAt('own', '-o', 'daemonset', '--checks', folder)
  expect([daemonSet.exitCode, daemonSet.stdout]).toEqual([2, ''])
  expect(daemonSet.stderr).toMatch(/^our-own: the image knows no custom checks/)
})

test.each([
  [
    '--apply',
    ['a', '-o', 'ansible', '--apply'],
    /^--apply does not go with -o ansible, which is for new nodes$/,
  ],
  [
    '--repair',
    ['a', '-o', 'daemonset', '--repair'],
    /^--repair does not go with -o daemonset, which is for new nodes$/,
  ],
  ['no Node', ['-o', 'ansible'], /^name Nodes, or use -l or --all$/],
  [
    'an unknown format',
    ['a', '-o', 'butane'],
    /Allowed choices are script, cloud-init, ansible, ignition, daemonset/,
  ],
])('bad usage: %s', async (_, args, err) => {
  const { exitCode, stdout, stderr } = await fixAt(...args)
  expect([exitCode, stdout, stderr]).toEqual([2, '', expect.stringMatching(err)])
})

test('a Node that is not there', async () => {
  expect(await fixAt('x', '-o', 'ansible')).toMatchObject({ exitCode: 1, stderr: 'nodes "x" not found' })
})
