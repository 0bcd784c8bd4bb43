import { describe, expect, test } from 'vitest'
import { agentsByNode } from '#agent/cluster/agents-on.ts'
import { planFixes } from '#agent/cluster/fix/plan-fixes.ts'
import { joinNodes } from '#agent/cluster/node-status.ts'
import { loadShipped } from '#agent/catalog/load.ts'
import { fixScript } from '#agent/fixes/script/fix-script.ts'
import { scriptParts } from '#agent/fixes/script/script-parts.ts'
import type { ClusterNode } from '#agent/node/cluster-api.ts'
import { agentOn, debian, hostile, madeNode, noIscsi } from '../made-nodes.ts'

const { catalog } = loadShipped()

function plansOf(nodes: readonly ClusterNode[], only: readonly string[] | null = null) {
  const agents = agentsByNode(nodes.map(({ name }) => agentOn(name)))
  return planFixes(joinNodes(nodes, { agents, only, catalog }), { catalog, only })
}
const scriptOf = (nodes: readonly ClusterNode[]) =>
  fixScript(scriptParts(plansOf(nodes).flatMap(({ host }) => host ?? [])), {
    version: '0.0.0',
    repair: false,
  })

test('what is missing, by the distribution; what is ready is left alone', () => {
  const plans = plansOf([
    madeNode('a', { 'open-iscsi': noIscsi }),
    madeNode('b', { 'open-iscsi': { state: 'ready' } }),
    madeNode('c', { 'open-iscsi': { state: 'not-applicable' } }),
  ])
  expect(plans.map(({ node, isReady, host }) => [node, isReady, host?.lacking])).toEqual([
    ['a', false, [{ check: 'open-iscsi', needs: noIscsi.needs }]],
    ['b', true, undefined],
    ['c', true, undefined],
  ])
})

describe('what cannot be done is said', () => {
  const talos = { ...debian, distro: 'talos', family: null, installer: 'image', imageBased: 'talos' }
  test.each([
    ['an image', madeNode('a', { 'open-iscsi': noIscsi }, { host: talos }), /iscsi-tools/],
    [
      'a custom check',
      madeNode('a', { 'our-own': noIscsi }),
      /our-own: a custom check: name the folder of its file by --checks/,
    ],
    ['no agent', madeNode('a', {}), /hostdeps says nothing of this Node/],
    [
      'facts that no host has',
      madeNode('a', { 'open-iscsi': noIscsi }, { host: { ...debian, distro: '$(reboot)' } }),
      /no agent has said which distribution it is/,
    ],
    [
      'what is not known',
      madeNode('a', { 'open-iscsi': { state: 'unknown' } }),
      /open-iscsi: not known there/,
    ],
  ])('%s', (_, node, words) => {
    const [plan] = plansOf([node])
    expect(plan?.host).toBeNull()
    expect(plan?.isReady).toBe(false)
    expect(plan?.notes.join('\n')).toMatch(words)
  })
})

test('each host gets what it lacks and no more, told apart by its name', () => {
  const noNfs = { state: 'missing', needs: [{ id: 'binary:mount.nfs', reason: 'BinaryNotFound' }] } as const
  const script = scriptOf([
    madeNode('a.example.com', { 'open-iscsi': noIscsi }),
    madeNode('b', { 'nfs-client': noNfs }),
    madeNode(
      'c',
      { 'open-iscsi': noIscsi },
      { host: { ...debian, distro: 'rocky', family: 'rhel', installer: 'dnf' } },
    ),
  ])
  expect(script).toContain("'debian a.example.com' | 'debian a') fix_1 ;;")
  expect(script).toContain("'debian b') fix_2 ;;")
  expect(script).toContain("'rocky '*) fix_3 ;;")
  expect(script).toMatch(/fix_3\(\) \{[^}]*dnf install -y iscsi-initiator-utils/)
})

test('nothing that an editor of Nodes writes gets into a script but known ids', () => {
  const said = (needs: readonly { id: string; reason: string }[]) =>
    plansOf([madeNode('a', { 'open-iscsi': { state: 'missing', needs } })])[0]
  const known = { id: 'binary:iscsiadm', reason: 'BinaryNotFound' }
  const plan = said([known, { id: 'binary:iscsiadm', reason: hostile }])
  expect(plan?.host).not.toBeNull()
  const script = fixScript(scriptParts(plan?.host ? [plan.host] : []), { version: '0.0.0', repair: false })
  expect(script).toContain('binary:iscsiadm (BinaryNotFound)')
  expect(script).not.toContain('reboot)')
  expect(plan?.host?.lacking).toEqual([{ check: 'open-iscsi', needs: [known] }])
  // Of a need that the catalogue does not know, half a fix would mislead.
  expect(said([known, { id: hostile, reason: 'BinaryNotFound' }])).toMatchObject({
    host: null,
    left: ['open-iscsi'],
  })
})

test('what switches something off is run only when its check is named', () => {
  const on = {
    state: 'missing',
    needs: [{ id: 'unit:firewalld.service:inactive', reason: 'UnitActive' }],
  } as const
  const node = madeNode(
    'a',
    { 'no-firewalld': on },
    { host: { ...debian, distro: 'rocky', family: 'rhel', installer: 'dnf' } },
  )
  const [all] = plansOf([node])
  expect(all?.host).toBeNull()
  expect(all?.notes.join('\n')).toContain(
    'Not run unless its check is named: systemctl disable --now firewalld',
  )
  const [named] = plansOf([node], ['no-firewalld'])
  expect(named?.host).not.toBeNull()
})

test('a Node that waits for a reboot says so', () => {
  const [plan] = plansOf([
    madeNode('a', {
      'open-iscsi': { state: 'missing', needs: [{ id: 'binary:iscsiadm', reason: 'RebootRequired' }] },
    }),
  ])
  expect(plan).toMatchObject({
    host: null,
    wantsReboot: true,
    notes: ['it waits for a reboot, and nothing else'],
  })
})
