import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { loadShipped } from '#agent/catalog/load.ts'
import { findEvidence } from '#agent/cluster/suggest/evidence.ts'
import { suggestFormats } from '#agent/cluster/suggest/formats.ts'
import type { Advice } from '#agent/cluster/suggest/formats.ts'
import { suggest } from '#agent/cluster/suggest/suggest.ts'
import { madeNode } from '../made-nodes.ts'
import { counts, madePods, madeSources } from './made-sources.ts'

const { catalog } = loadShipped()

const crashing = madeNode('a', { longhorn: { state: 'missing', crashes: 1 } })
const sources = madeSources({
  pods: madePods({
    images: counts({ 'longhornio/longhorn-manager:v1': { 'longhorn-system': 3 } }),
    containers: counts({ 'cilium-agent': { a: 1, b: 1, c: 1, d: 1 }, falco: { falco: 1 } }),
    volumes: counts({ iscsi: { a: 1 } }),
  }),
  csiNodes: new Map([['smb.csi.k8s.io', 3]]),
  persistentVolumes: { drivers: new Map([['smb.csi.k8s.io', 12]]), sources: new Map([['iscsi', 1]]) },
  nodes: [
    crashing,
    {
      ...madeNode('b', {}),
      report: JSON.stringify({ ...JSON.parse(crashing.report ?? ''), checks: [], seen: ['tetragon'] }),
    },
  ],
})
const now = ['time-sync', 'falco']
const suggestions = suggest(catalog, findEvidence(catalog, sources), {
  checks: now,
  base: now,
  from: 'config',
})
const advice: Advice = { ...suggestions, publishedFrom: 'config', command: 'kubectl ...' }

test('-o text', async () => {
  await expect(suggestFormats.text(advice)).toMatchFileSnapshot('../golden/suggest-text.txt')
})

test('JSON and YAML have all of it, and a version', () => {
  expect(JSON.parse(suggestFormats.json(advice))).toEqual({ v: 1, ...advice })
  expect(parse(suggestFormats.yaml(advice))).toEqual({ v: 1, ...advice })
})

test('checks without room are named', () => {
  const full = { ...advice, checks: now, added: [], left: ['longhorn', 'cilium'], command: null }
  expect(suggestFormats.text(full)).toMatch(
    /\n\nA Node has no room for more checks: longhorn, cilium are left out\.\n$/,
  )
})
