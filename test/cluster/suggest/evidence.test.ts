import { expect, test } from 'vitest'
import { loadShipped } from '#agent/catalog/load.ts'
import { findEvidence } from '#agent/cluster/suggest/evidence.ts'
import type { Sources } from '#agent/cluster/suggest/evidence.ts'
import { volumeSources } from '#agent/node/suggest-api.ts'
import { hostile, madeNode, noIscsi } from '../made-nodes.ts'
import { counts, madePods, madeSources } from './made-sources.ts'

const { catalog } = loadShipped()
const found = (changes: Partial<Sources>) => Object.fromEntries(findEvidence(catalog, madeSources(changes)))

test('nothing speaks for nothing', () => {
  expect(found({})).toEqual({})
  expect(found({ pods: madePods({ images: counts({ busybox: { a: 1 } }) }), csiDrivers: ['x'] })).toEqual({})
})

test('images, of any registry and version, in all their namespaces', () => {
  const images = counts({
    'longhornio/longhorn-manager:v1.8.0': { storage: 2 },
    'registry.example:5000/longhornio/longhorn-manager:v1.9.0@sha256:aa': { canary: 1 },
    'longhornio/longhorn-ui:v1.8.0': { storage: 1 },
  })
  expect(found({ pods: madePods({ images }) })).toEqual({
    longhorn: [
      { by: 'image', image: 'longhornio/longhorn-manager', pods: 3, namespaces: ['canary', 'storage'] },
    ],
  })
})

test('names of containers, whole', () => {
  const containers = counts({ 'cilium-agent': { 'kube-system': 3 }, 'cilium-agent-x': { a: 1 } })
  expect(found({ pods: madePods({ containers }) })).toEqual({
    cilium: [{ by: 'container', container: 'cilium-agent', pods: 3, namespaces: ['kube-system'] }],
  })
})

test.each<[string, Partial<Sources>, number, number]>([
  ['known to the cluster', { csiDrivers: ['nfs.csi.k8s.io'] }, 0, 0],
  ['on nodes', { csiNodes: new Map([['nfs.csi.k8s.io', 2]]) }, 2, 0],
  [
    'of volumes',
    { persistentVolumes: { drivers: new Map([['nfs.csi.k8s.io', 4]]), sources: new Map() } },
    0,
    4,
  ],
])('a CSI driver: %s', (_, changes, nodes, volumes) => {
  expect(found(changes)).toEqual({
    'csi-driver-nfs': [{ by: 'driver', driver: 'nfs.csi.k8s.io', nodes, volumes }],
  })
})

test('volumes that the kubelet mounts, of pods and PersistentVolumes', () => {
  const pods = madePods({ volumes: counts({ nfs: { a: 2 } }) })
  const persistentVolumes = { drivers: new Map(), sources: new Map([['nfs', 3]]) }
  expect(found({ pods, persistentVolumes })).toEqual({
    'nfs-client': [{ by: 'volume', volume: 'nfs', volumes: 3, pods: 2, namespaces: ['a'] }],
  })
})

test('each kind of volume has a check that is shipped', () => {
  for (const source of volumeSources) {
    const evidence = found({ persistentVolumes: { drivers: new Map(), sources: new Map([[source, 1]]) } })
    expect(Object.values(evidence)).toEqual([[expect.objectContaining({ by: 'volume', volume: source })]])
  }
})

/** What agents say on a node. */
function saying(name: string, seen: readonly string[], crashes = 0) {
  const node = madeNode(name, crashes > 0 ? { longhorn: { ...noIscsi, crashes } } : {})
  return { ...node, report: JSON.stringify({ ...JSON.parse(node.report ?? ''), seen }) }
}

test('what agents report: crashes and what was seen, of checks that are shipped', () => {
  const nodes = [
    saying('a', ['longhorn', 'data-disk'], 2),
    saying('b', ['longhorn', 'longhorn'], 1),
    saying('c', []),
    { ...saying('d', []), report: hostile },
  ]
  expect(found({ nodes })).toEqual({
    longhorn: [
      { by: 'crash', nodes: 2, containers: 3 },
      { by: 'seen', nodes: 2 },
    ],
  })
})

test('no name of the cluster is passed on, but that of a namespace', () => {
  const pods = madePods({
    images: counts({
      [hostile]: { a: 1 },
      [`${hostile}/longhornio/longhorn-manager:${hostile}`]: { [hostile]: 1 },
    }),
    containers: counts({ [hostile]: { a: 1 } }),
    volumes: counts({ [hostile]: { a: 1 } }),
  })
  const named = new Map([[hostile, 1]])
  const evidence = found({
    pods,
    csiDrivers: [hostile],
    csiNodes: named,
    persistentVolumes: { drivers: named, sources: named },
    nodes: [saying('a', [hostile])],
  })
  expect(JSON.stringify(evidence)).not.toContain('reboot')
})
