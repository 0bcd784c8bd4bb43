import { expect, test } from 'vitest'
import { checksAskedBy } from '#agent/cluster/why/kubelet/scheduling.ts'
import { madeNode, noIscsi } from '../made-nodes.ts'
import { causeOf, labelled, madePod } from './made-pods.ts'

const refused = "0/2 nodes are available: 2 node(s) didn't match Pod's node affinity/selector."
const two = [
  madeNode('worker-1', { 'open-iscsi': noIscsi }),
  madeNode('worker-2', { 'open-iscsi': { state: 'ready' } }),
]

function waiting(spec: object, message = refused, reason = 'Unschedulable') {
  return madePod({
    spec: { nodeName: '', ...spec },
    pod: {
      phase: 'Pending',
      conditions: [{ type: 'PodScheduled', status: 'False', reason, message }],
      containerStatuses: [],
    },
  })
}

const wantsIscsi = { nodeSelector: { 'hostdeps.dev/open-iscsi': 'ready' } }
const onlyOn = (name: string) => ({
  affinity: {
    nodeAffinity: {
      requiredDuringSchedulingIgnoredDuringExecution: {
        nodeSelectorTerms: [{ matchFields: [{ key: 'metadata.name', operator: 'In', values: [name] }] }],
      },
    },
  },
})

test("a DaemonSet's pod whose node is not ready for what it asks for", () => {
  const cause = causeOf(waiting({ ...wantsIscsi, ...onlyOn('worker-1') }), { nodes: labelled(two) })
  expect(cause).toMatchObject({
    verdict: 'confirmed',
    check: 'open-iscsi',
    says: 'worker-1 is not ready for open-iscsi, which its node selector asks for',
    hosts: [{ node: 'worker-1', fix: expect.stringContaining('open-iscsi') }],
  })
})

test('a pod that another node is ready for is kept off by something else', () => {
  const message =
    "0/2 nodes are available: 1 Insufficient cpu, 1 node(s) didn't match Pod's node affinity/selector."
  const cause = causeOf(waiting(wantsIscsi, message), { nodes: labelled(two) })
  expect(cause).toMatchObject({ verdict: 'not the host', says: 'the nodes are full', check: null })
})

test('only nodes that match its other labels count', () => {
  const [first, second] = [
    madeNode(
      'worker-1',
      { 'open-iscsi': noIscsi },
      { labels: { 'hostdeps.dev/open-iscsi': 'missing', pool: 'a' } },
    ),
    madeNode('worker-2', { 'open-iscsi': { state: 'ready' } }),
  ]
  const pod = waiting({ nodeSelector: { ...wantsIscsi.nodeSelector, pool: 'a' } })
  expect(causeOf(pod, { nodes: labelled([first, second]) })).toMatchObject({
    verdict: 'confirmed',
    hosts: [{ node: 'worker-1' }],
  })
})

test.each([
  [{ nodeSelector: { disktype: 'ssd' } }, refused, /no node has the label disktype=ssd/],
  [{}, '0/2 nodes are available: pod has unbound immediate PersistentVolumeClaims.', /PersistentVolumeClaim/],
  [{}, '0/2 nodes are available: 2 Insufficient nvidia.com/gpu.', /device/],
  [{}, '0/2 nodes are available: 2 Insufficient hugepages-2Mi.', /huge pages/],
  [{}, '0/2 nodes are available: 2 node(s) had untolerated taint {a: b}.', /taints/],
  [
    {},
    "0/2 nodes are available: 2 node(s) didn't have free ports for the requested pod ports.",
    /host ports/,
  ],
])('is not the host: %o, %s', (spec, message, says) => {
  const cause = causeOf(waiting(spec, message), { nodes: labelled(two) })
  expect(cause).toMatchObject({ verdict: 'not the host', says: expect.stringMatching(says), hosts: [] })
})

test('gates of others are said', () => {
  const cause = causeOf(waiting({}, '', 'SchedulingGated'), { nodes: labelled(two) })
  expect(cause).toMatchObject({ verdict: 'not the host', says: expect.stringMatching(/scheduling gates/) })
})

test('a selector of 100,000 names costs no more than one of 64', () => {
  const names = Array.from({ length: 100_000 }, (_, index) => [`hostdeps.dev/x${index}`, 'ready'])
  const pod = waiting({ nodeSelector: Object.fromEntries(names) })
  expect(checksAskedBy(pod)).toHaveLength(64)
  expect(causeOf(pod, { nodes: labelled(two) }).verdict).toBe('likely')
})

test('the checks that a pod asks for are those of its selector and its affinity', () => {
  const expression = { key: 'hostdeps.dev/nfs-client', operator: 'In', values: ['ready'] }
  const required = { nodeSelectorTerms: [{ matchExpressions: [expression] }] }
  const affinity = { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: required } }
  expect(checksAskedBy(waiting({ ...wantsIscsi, affinity }))).toEqual(['open-iscsi', 'nfs-client'])
})
