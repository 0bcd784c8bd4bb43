import { expect, test } from 'vitest'
import { nodeNotes } from '#agent/cluster/restart/node-notes.ts'
import type { RestartPlan } from '#agent/cluster/restart/outcome.ts'
import { outcomeLine, renderRestartJson } from '#agent/cluster/restart/render-outcome.ts'
import { renderPlan } from '#agent/cluster/restart/render-plan.ts'
import type { Left, Restart } from '#agent/cluster/restart/verdict.ts'
import { unprintable } from '#agent/model/plain.ts'
import { hostile, madeNode } from '../made-nodes.ts'
import { madePod } from './made-pods.ts'

const since = '2026-11-24T10:00:00Z'
const byLine: Restart = {
  pod: madePod(),
  check: 'open-iscsi',
  since,
  ground: {
    by: 'line',
    need: 'binary:iscsiadm',
    evidence: { from: 'log', container: 'main', text: 'failed to execute iscsiadm' },
  },
}
const byImage: Restart = {
  ...byLine,
  pod: madePod({ name: 'db-0' }),
  ground: { by: 'image', asked: 'longhorn' },
}
const left = (name: string, says: string): Left => ({ pod: madePod({ name }), code: 'NoController', says })
const nothing: RestartPlan = { restarts: [], left: [], notes: [], lacking: [] }

test('which pods and why, what stays, and what was not seen', () => {
  const plan = {
    restarts: [byLine, byImage],
    left: [
      { ...left('done', 'it has finished'), code: 'Finished' } as const,
      left('a', 'no controller'),
      left('b', 'no controller'),
    ],
    notes: ['worker-1 is cordoned'],
    lacking: ['the nodes: nodes is forbidden'],
  }
  expect(renderPlan(plan)).toBe(`To restart:
  shop/app-x7k2p: worker-1 has open-iscsi since ${since}, and it began before
    Its log said (binary:iscsiadm): failed to execute iscsiadm
  shop/db-0: worker-1 has open-iscsi since ${since}, and it began before
    Its image is of longhorn, which requires open-iscsi
Left alone:
  shop/a, shop/b: no controller
  shop/done: it has finished
Note: worker-1 is cordoned
Not seen: the nodes: nodes is forbidden
`)
  expect(renderPlan(nothing)).toBe('')
})

test('of many reasons twenty lines, and all pods are counted', () => {
  const some = Array.from({ length: 30 }, (_, index) =>
    left(`pod-${index}`, `reason ${Math.floor(index / 1)}`),
  )
  const many = Array.from({ length: 7 }, (_, index) => left(`many-${index}`, 'the same'))
  const lines = renderPlan({ ...nothing, left: [...many, ...some] })
    .trimEnd()
    .split('\n')
  expect(lines).toHaveLength(22)
  expect(lines[1]).toBe(
    '  shop/many-0, shop/many-1, shop/many-2, shop/many-3, shop/many-4 and 2 more: the same',
  )
  expect(lines.at(-1)).toBe('  and 11 more')
})

test('a cordoned node, and one in maintenance: what comes back there, and what goes', () => {
  const set = { ...byLine, pod: madePod({ controller: { kind: 'DaemonSet', name: 'd', uid: 'd' } }) }
  const cordoned = madeNode('worker-1', {}, { unschedulable: true })
  expect(nodeNotes([set], [cordoned], [])).toEqual([
    'worker-1 is cordoned: pods of a DaemonSet come back there all the same',
  ])
  expect(nodeNotes([set, byLine], [cordoned, madeNode('worker-2', {}, { unschedulable: true })], [])).toEqual(
    [
      'worker-1 is cordoned: pods of a DaemonSet come back there all the same, pods of other controllers go to another node',
    ],
  )
  expect(nodeNotes([byLine], [madeNode('worker-1', {}, { inMaintenance: true })], [])).toEqual([
    'worker-1 says MaintenanceInProgress: pods of other controllers may go to another node',
  ])
  const event = (kind: string, reason: string) => ({
    about: { kind, name: 'worker-1', uid: '' },
    namespace: 'default',
    reason,
    message: '',
    lastAt: Date.parse(since),
  })
  const events = [
    event('Node', 'MaintenanceInProgress'),
    event('Pod', 'MaintenanceInProgress'),
    event('Node', 'X'),
  ]
  expect(nodeNotes([byLine], [madeNode('worker-1', {})], events)).toEqual([
    `worker-1 had an event MaintenanceInProgress at ${since}: pods of other controllers may go to another node`,
  ])
  expect(nodeNotes([byLine], [madeNode('worker-1', {})], events.slice(1))).toEqual([])
})

test('what became of a pod is one line', () => {
  const line = (did: Parameters<typeof outcomeLine>[0]['did'], message: string | null = null) =>
    outcomeLine({ restart: byLine, did, message }, 'none')
  expect(line('deleted')).toBe('pod shop/app-x7k2p deleted')
  expect(line('changed', 'Precondition failed')).toBe(
    'pod shop/app-x7k2p has changed meanwhile, and is left alone',
  )
  expect(line('gone', 'not found')).toBe('pod shop/app-x7k2p is gone meanwhile')
  expect(line('refused', 'pods is forbidden')).toBe('pod shop/app-x7k2p is not deleted: pods is forbidden')
  expect(outcomeLine({ restart: byLine, did: 'would delete', message: null }, 'server')).toBe(
    'pod shop/app-x7k2p would be deleted (server dry run)',
  )
})

test('nothing that others wrote is shown as it is', () => {
  const pod = madePod({ name: hostile, namespace: hostile, node: hostile })
  const ground = {
    by: 'line',
    need: hostile,
    evidence: { from: 'log', container: 'main', text: hostile },
  } as const
  const restart = { ...byLine, pod, ground }
  const plan = { restarts: [restart], left: [{ ...left('a', hostile), pod }], notes: [], lacking: [] }
  const outcome = { restart, did: 'refused', message: hostile } as const
  const texts = [
    renderPlan(plan),
    outcomeLine(outcome, 'none'),
    nodeNotes([restart], [madeNode(hostile, {}, { unschedulable: true })], []).join(''),
  ]
  for (const text of texts) {
    expect(text).toContain('reboot')
    expect(text.replaceAll('\n', '')).not.toMatch(new RegExp(`[${unprintable}]`, 'u'))
  }
})

test('JSON says of each pod what became of it, and of each other why it stays', () => {
  const plan = { ...nothing, restarts: [byImage], left: [left('a', 'no controller')] }
  const outcome = { restart: byImage, did: 'deleted', message: null } as const
  expect(JSON.parse(renderRestartJson(plan, [outcome], { dryRun: 'none', ready: true }))).toEqual({
    v: 1,
    dryRun: 'none',
    ready: true,
    pods: [
      {
        namespace: 'shop',
        name: 'db-0',
        node: 'worker-1',
        uid: 'uid-of-db-0',
        check: 'open-iscsi',
        since,
        ground: { by: 'image', asked: 'longhorn' },
        did: 'deleted',
        message: null,
      },
    ],
    left: [{ namespace: 'shop', name: 'a', node: 'worker-1', code: 'NoController', says: 'no controller' }],
    notes: [],
    lacking: [],
  })
})
