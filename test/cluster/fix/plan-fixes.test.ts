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
      /no agent has said what host it is/,
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
  const needs = [
    { id: 'binary:iscsiadm', reason: 'BinaryNotFound' },
    { id: hostile, reason: 'BinaryNotFound' },
    { id: 'binary:iscsiadm', reason: hostile },
  ]
  const node = madeNode('a', { 'open-iscsi': { state: 'missing', needs } })
  const [plan] = plansOf([node])
  const script = plan?.host ? fixScript(scriptParts([plan.host]), { version: '0.0.0', repair: false }) : ''
  expect(script).not.toContain('reboot)')
  expect(plan?.host?.lacking.flatMap(({ needs }) => needs) ?? []).toEqual(plan?.host ? [needs[0]] : [])
})
