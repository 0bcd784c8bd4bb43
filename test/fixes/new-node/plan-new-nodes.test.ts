import { expect, test } from 'vitest'
import { planNewNodes } from '#agent/fixes/new-node/plan-new-nodes.ts'
import type { NodeLike } from '#agent/fixes/new-node/plan-new-nodes.ts'
import { hostile } from '../../cluster/made-nodes.ts'
import { catalog, kinds, planOf } from './made-likes.ts'

const like = (name: string, more: Partial<NodeLike> = {}): NodeLike => ({
  name,
  facts: kinds.debian,
  checks: ['open-iscsi'],
  ...more,
})
const of = (...likes: NodeLike[]) => planNewNodes(likes, { catalog, isNamed: true })

test('a part a distribution, with all that is wanted on any of its nodes', () => {
  const { nodes, refusals } = of(
    like('a'),
    like('b', { checks: ['nfs-client'] }),
    like('c', { facts: kinds.rocky }),
  )
  expect(nodes.map(({ distro, checks }) => [distro, checks])).toEqual([
    ['debian', ['nfs-client', 'open-iscsi']],
    ['rocky', ['open-iscsi']],
  ])
  expect(refusals).toEqual([])
})

test('releases and kernels of one distribution do not differ in what is done', () => {
  const newer = {
    ...kinds.debian,
    distro: { ...kinds.debian.distro, version: '13' },
    kernel: '6.12.1-cloud-amd64',
  }
  expect(of(like('a'), like('b', { facts: newer }))).toMatchObject({
    nodes: [{ distro: 'debian' }],
    refusals: [],
  })
})

test('nodes of one distribution that need different commands are refused: a new one says no more than its name', () => {
  const layered = { ...kinds.fedora, installer: 'dnf' } as const
  expect(of(like('a', { facts: kinds.fedora }), like('b', { facts: layered }))).toMatchObject({
    nodes: [],
    refusals: ['new nodes of fedora would need different commands (a, b): choose Nodes of one pool'],
  })
})

test.each([null, '', hostile, "it's", '{{ x }}', 'a b'])(
  'a distribution by no known word is refused: %j',
  (id) => {
    const facts = { ...kinds.debian, distro: { ...kinds.debian.distro, id } }
    expect(of(like('a', { facts }))).toEqual({
      nodes: [],
      notes: [],
      refusals: ['the distribution of a is not known'],
    })
  },
)

test('of an image there are notes alone', () => {
  const { nodes, notes } = planOf(['talos', 'debian'], ['open-iscsi'])
  expect(nodes.map(({ distro }) => distro)).toEqual(['debian'])
  expect(notes).toEqual([
    "talos: Add the system extension siderolabs/iscsi-tools to the machine's image (Image Factory) and upgrade the node.",
  ])
})
