import { expect, test } from 'vitest'
import { load } from '#agent/catalog/load.ts'
import { agentsByNode } from '#agent/cluster/agents-on.ts'
import { rememberNodes } from '#agent/cluster/node-changes.ts'
import { nodeFormats, renderChanges } from '#agent/cluster/node-formats.ts'
import { joinNodes } from '#agent/cluster/node-status.ts'
import { unprintable } from '#agent/model/plain.ts'
import { agentOn, debian, hostile, madeNode, noIscsi, now } from './made-nodes.ts'
import type { MadeCheck } from './made-nodes.ts'

const { catalog } = load({ config: null, allowCommands: false })
const ready: MadeCheck = { state: 'ready' }
const options = { color: false, headers: true, now }

const nodes = [
  madeNode('worker-10', { 'open-iscsi': noIscsi, 'time-sync': ready }),
  madeNode('worker-9', { 'open-iscsi': ready, 'time-sync': { state: 'not-applicable' } }),
  madeNode('worker-2', {
    'open-iscsi': noIscsi,
    'nfs-client': { state: 'missing', needs: [{ id: 'binary:mount.nfs', reason: 'BinaryNotFound' }] },
    'time-sync': ready,
  }),
  madeNode('gone', { 'open-iscsi': ready, 'time-sync': ready }),
  madeNode('starting', { 'open-iscsi': noIscsi, 'time-sync': ready }),
  madeNode('crashing', {
    'time-sync': ready,
    longhorn: { state: 'missing', needs: [{ id: 'check:open-iscsi', reason: 'BinaryNotFound' }], crashes: 2 },
  }),
  madeNode('silent', {}, { report: null }),
]
const running = ['worker-10', 'worker-9', 'worker-2', 'crashing', 'silent'].map((name) => agentOn(name))
const agents = agentsByNode([...running, agentOn('starting', false), agentOn('starting', false)])
const joined = joinNodes(nodes, { agents, only: null, catalog })

test.each(['table', 'wide', 'yaml', 'name'] as const)('-o %s', async (format) => {
  await expect(nodeFormats[format](joined, options)).toMatchFileSnapshot(`golden/nodes-${format}.txt`)
})

test('JSON has the same fields as YAML, and a version', () => {
  expect(JSON.parse(nodeFormats.json(joined))).toEqual({ v: 1, nodes: joined })
})

test('only some checks: a node that does not publish one is unknown, with the reason', () => {
  const [first, ...others] = joinNodes(nodes, { agents, only: ['nfs-client'], catalog })
  expect(first).toMatchObject({ name: 'worker-2', state: 'missing' })
  expect(others.map(({ state, checks }) => [state, checks[0]?.reason])).toContainEqual([
    'unknown',
    'NotPublished',
  ])
})

test('an agent that ends while the next one is ready is not the one that counts', () => {
  const both = [agentOn('worker-9'), agentOn('worker-9', false)]
  for (const pods of [both, both.toReversed()])
    expect(agentsByNode(pods).get('worker-9')?.standing).toBe('Ready')
})

test('where agents cannot be seen, the Node is believed and it is said', () => {
  const [only] = joinNodes([madeNode('a', { 'open-iscsi': ready })], { agents: null, only: null, catalog })
  expect(only).toMatchObject({ state: 'ready', agent: { standing: 'Unknown' } })
})

test('without the annotation, the label counts, else the condition', () => {
  const condition = {
    type: 'hostdeps.dev/NfsClientReady',
    status: 'False' as const,
    reason: 'BinaryNotFound',
    message: hostile,
    lastTransitionTime: '2026-11-24T11:00:00Z',
    lastHeartbeatTime: '2026-11-24T11:00:00Z',
  }
  const node = madeNode(
    'a',
    {},
    { report: null, conditions: [condition], labels: { 'hostdeps.dev/gpu': 'ready' } },
  )
  const [joined] = joinNodes([node], { agents: null, only: null, catalog })
  expect(joined?.checks.map(({ name, state, since, reason }) => [name, state, since, reason])).toEqual([
    ['nfs-client', 'missing', '2026-11-24T11:00:00Z', 'BinaryNotFound'],
    ['gpu', 'ready', null, null],
  ])
})

test('without a condition, the reason is that of a need in the same state', () => {
  const needs = [
    { id: 'unit:iscsid.service', reason: 'DeadlineExceeded' },
    { id: 'binary:iscsiadm', reason: 'BinaryNotFound' },
  ]
  const node = madeNode(
    'a',
    { 'open-iscsi': { state: 'missing', needs }, gpu: { state: 'ready', needs } },
    { labels: {} },
  )
  const [joined] = joinNodes([node], { agents: null, only: null, catalog })
  expect(joined?.checks.map(({ name, state, reason }) => [name, state, reason])).toEqual([
    ['open-iscsi', 'missing', 'BinaryNotFound'],
    ['gpu', 'ready', null],
  ])
})

test('what changes is told once, and time alone is no change', () => {
  const changesOf = rememberNodes()
  expect(changesOf(joined).changed.size).toBe(nodes.length)
  const later = joinNodes(
    nodes.filter(({ name }) => name !== 'silent'),
    { agents: agentsByNode([...running, agentOn('gone'), agentOn('starting', false)]), only: null, catalog },
  )
  const { changed, gone } = changesOf(later)
  expect([[...changed], gone]).toEqual([['gone'], ['silent']])
  expect(changesOf(later)).toEqual({ changed: new Set(), gone: [] })
  const line = renderChanges(later, changed, { ...options, format: 'table' })
  expect(line).toMatch(/^gone +ready +2h +2\/2 [^\n]*Ready\n$/)
  expect(JSON.parse(renderChanges(later, changed, { ...options, format: 'json' }))).toMatchObject({
    name: 'gone',
  })
})

/** By the rules of the API server some of these cannot be; others may write through something else. */
const hostileNodes = [
  madeNode(hostile, { 'open-iscsi': { ...noIscsi, needs: [{ id: hostile, reason: hostile }] } }),
  madeNode('needs', {
    'open-iscsi': {
      ...noIscsi,
      needs: [...(noIscsi.needs ?? []), { id: hostile, reason: 'BinaryNotFound' }],
    },
  }),
  ...Object.keys(debian).map((key) =>
    madeNode(`host-${key}`, { 'open-iscsi': noIscsi }, { host: { ...debian, [key]: hostile } }),
  ),
  madeNode('labels', {}, { labels: { [`hostdeps.dev/${hostile}`]: 'missing', 'hostdeps.dev/gpu': hostile } }),
  madeNode(
    'condition',
    {},
    {
      report: null,
      conditions: [
        {
          type: 'hostdeps.dev/OpenIscsiReady',
          status: 'False',
          reason: hostile,
          message: hostile,
          lastTransitionTime: hostile,
          lastHeartbeatTime: hostile,
        },
      ],
    },
  ),
  madeNode('large', { 'open-iscsi': { ...noIscsi, needs: [{ id: 'x'.repeat(1_000_000), reason: 'R' }] } }),
  madeNode('no-json', {}, { report: '{"v":2' }),
  madeNode('deep', {}, { report: '['.repeat(8_000) }),
  madeNode(
    'prototype',
    {},
    {
      report:
        '{"v":2,"__proto__":{"checks":[]},"checks":[{"check":"constructor","state":"missing","since":"2026-11-24T10:00:00Z","needs":[{"id":"__proto__","reason":"constructor"}]}],"host":{},"omitted":0}',
    },
  ),
]

test.each(Object.keys(nodeFormats) as (keyof typeof nodeFormats)[])(
  'nothing hostile on a Node reaches a terminal or a command: -o %s',
  (format) => {
    const joined = joinNodes(hostileNodes, { agents: agentsByNode([agentOn(hostile)]), only: null, catalog })
    const text = nodeFormats[format](joined, options)
    expect(text.replaceAll('\n', '')).not.toMatch(new RegExp(`[${unprintable}]`, 'u'))
    expect(text.length).toBeLessThan(60_000)
    const fixes = joined.flatMap(({ checks }) => checks.map(({ fix }) => fix ?? ''))
    expect(fixes.join('\n')).not.toMatch(/;reboot|\$\(reboot\)|`/)
  },
)
