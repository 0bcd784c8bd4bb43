import { expect, test } from 'vitest'
import { loadShipped } from '#agent/catalog/load.ts'
import { publishedOn } from '#agent/cluster/suggest/published.ts'
import { suggest } from '#agent/cluster/suggest/suggest.ts'
import type { Evidence } from '#agent/cluster/suggest/evidence.ts'
import { hostile, madeNode } from '../made-nodes.ts'

const { catalog } = loadShipped()
const seen: Evidence = { by: 'seen', nodes: 1 }
const crash: Evidence = { by: 'crash', nodes: 1, containers: 1 }
const config = (...checks: string[]) => ({ checks, base: checks, from: 'config' }) as const
const evidenceOf = (written: Readonly<Record<string, Evidence>>) =>
  new Map(Object.entries(written).map(([check, one]) => [check, [one]]))

test('what is published comes first, then what is suggested, most telling first', () => {
  const evidence = evidenceOf({ cilium: seen, 'nfs-client': seen, longhorn: crash })
  const said = suggest(catalog, evidence, config('time-sync', 'nfs-client'))
  expect(said.suggestions.map(({ check, isPublished }) => [check, isPublished])).toEqual([
    ['longhorn', false],
    ['cilium', false],
    ['nfs-client', true],
  ])
  expect(said).toMatchObject({
    checks: ['time-sync', 'nfs-client', 'longhorn', 'cilium'],
    added: ['longhorn', 'cilium'],
    left: [],
  })
})

test("of a workload's check and what it requires, the workload's own one", () => {
  const evidence = evidenceOf({ 'open-iscsi': crash, longhorn: seen })
  expect(suggest(catalog, evidence, config()).checks).toEqual(['longhorn'])
  const alone = suggest(catalog, evidenceOf({ 'open-iscsi': crash }), config('longhorn'))
  expect(alone).toMatchObject({ suggestions: [], added: [] })
  // What is published stays so.
  const both = suggest(catalog, evidence, config('open-iscsi'))
  expect(both.checks).toEqual(['open-iscsi', 'longhorn'])
})

test('what a check only recommends is suggested beside it', () => {
  const recommends = [...catalog.values()].flatMap(({ name, needs }) =>
    needs.flatMap((need) => (need.type === 'check' && need.recommended ? [[name, need.check]] : [])),
  )
  expect(recommends).not.toEqual([])
  for (const [workload = '', name = ''] of recommends) {
    const { added } = suggest(catalog, evidenceOf({ [workload]: seen, [name]: seen }), config())
    expect(added.toSorted()).toEqual([workload, name].toSorted())
  }
})

test('a Node has room for 64', () => {
  const full = Array.from({ length: 63 }, (_, index) => `mine-${index}`)
  const said = suggest(catalog, evidenceOf({ longhorn: crash, cilium: seen }), config(...full))
  expect([said.checks.length, said.added, said.left]).toEqual([64, ['longhorn'], ['cilium']])
})

test('where nothing is installed, the line has the defaults; where nothing can be read, it is unknown', () => {
  const evidence = evidenceOf({ longhorn: seen })
  const absent = suggest(catalog, evidence, { checks: [], base: ['time-sync'], from: 'default' })
  expect([absent.suggestions[0]?.isPublished, absent.checks]).toEqual([false, ['time-sync', 'longhorn']])
  const blind = suggest(catalog, evidence, { checks: [], base: [], from: null })
  expect([blind.suggestions[0]?.isPublished, blind.checks]).toEqual([null, ['longhorn']])
})

test('published by Nodes: labels and conditions with a state, of names that are names', () => {
  const condition = { status: 'True', reason: '', message: '', lastTransitionTime: '', lastHeartbeatTime: '' }
  const nodes = [
    madeNode('a', { 'time-sync': { state: 'ready' } }),
    madeNode(
      'b',
      {},
      {
        labels: {
          'hostdeps.dev/data-disk': 'missing',
          'hostdeps.dev/odd': 'word',
          [`hostdeps.dev/${hostile}`]: 'ready',
        },
        conditions: [{ ...condition, type: 'hostdeps.dev/NfsClientReady', status: 'True' }],
      },
    ),
    // Without labels, and without conditions of what is ready. What crashes may not be published.
    madeNode('c', { cephfs: { state: 'ready' }, longhorn: { state: 'missing', crashes: 1 } }, { labels: {} }),
  ]
  expect(publishedOn(nodes, [...catalog.keys()])).toEqual(['cephfs', 'data-disk', 'nfs-client', 'time-sync'])
})
