import { expect, test } from 'vitest'
import { awaitReplacements, progressOfReplacements } from '#agent/cluster/restart/replacements.ts'
import { madeContainer, madePod } from './made-pods.ts'

const set = { controller: { kind: 'DaemonSet', name: 'manager', uid: 'set' } }
const before = new Set(['uid-of-old', 'uid-of-other'])
const old = madePod({ name: 'old', ...set })
const ready = { name: 'new', isReady: true } as const

const progress = (
  deleted: Parameters<typeof awaitReplacements>[0],
  pods: Parameters<typeof progressOfReplacements>[1],
) => awaitReplacements(deleted).map((one) => progressOfReplacements(one, pods, before))

test.each<[string, Parameters<typeof madePod>[0], boolean, string]>([
  ['a new pod there', { ...ready, ...set }, true, 'new is Ready'],
  ['the one that was there', { ...ready, ...set, name: 'old' }, false, 'no other pod yet'],
  ['one of another node', { ...ready, ...set, node: 'worker-2' }, false, 'no other pod yet'],
  ['one of another controller', { ...ready }, false, 'no other pod yet'],
  ['one that is being deleted', { ...ready, ...set, isDeleting: true }, false, 'no other pod yet'],
  [
    'one that crashes too',
    { ...set, name: 'new', containers: [madeContainer()] },
    false,
    'new is CrashLoopBackOff',
  ],
])('of a DaemonSet: %s', (_, pod, isThere, says) => {
  expect(progress([old], [madePod(pod)])).toEqual([{ isThere, says: `shop/manager on worker-1: ${says}` }])
})

test('of others as many as were deleted, wherever they are', () => {
  const two = [madePod({ name: 'old' }), madePod({ name: 'other', node: 'worker-2' })]
  const one = madePod({ ...ready, node: 'worker-3' })
  expect(progress(two, [one])).toEqual([{ isThere: false, says: 'shop/app: new is Ready' }])
  expect(progress(two, [one, madePod({ ...ready, name: 'newer', node: null })])).toMatchObject([
    { isThere: true },
  ])
})
