import { expect, test } from 'vitest'
import { progressOf } from '#agent/cluster/awaited.ts'
import { unprintable } from '#agent/model/plain.ts'
import { hostile, madeNode, noIscsi } from './made-nodes.ts'

const nodes = [
  madeNode('ready', { 'open-iscsi': { state: 'ready' } }),
  madeNode('no-need', { 'open-iscsi': { state: 'not-applicable' } }),
  madeNode('missing', { 'open-iscsi': noIscsi }),
  madeNode('other', { 'nfs-client': { state: 'ready' } }),
  madeNode('label', {}, { report: null, labels: { 'hostdeps.dev/open-iscsi': 'unknown' } }),
]

test('ready is ready or not applicable', () => {
  const progress = progressOf(nodes, { check: 'open-iscsi', state: 'ready' })
  expect(progress.map(({ node, isThere, says }) => [node, isThere, says])).toEqual([
    ['ready', true, 'open-iscsi is ready'],
    ['no-need', true, 'open-iscsi is not-applicable'],
    ['missing', false, 'open-iscsi is missing: binary:iscsiadm BinaryNotFound'],
    ['other', false, 'says nothing of open-iscsi'],
    ['label', false, 'open-iscsi is unknown'],
  ])
})

test('any other state is that state alone', () => {
  const there = (state: 'missing' | 'unknown' | 'not-applicable') =>
    progressOf(nodes, { check: 'open-iscsi', state }).flatMap(({ node, isThere }) => (isThere ? [node] : []))
  expect([there('missing'), there('unknown'), there('not-applicable')]).toEqual([
    ['missing'],
    ['label'],
    ['no-need'],
  ])
})

test('what it says is harmless', () => {
  const node = madeNode(hostile, { 'open-iscsi': { ...noIscsi, needs: [{ id: hostile, reason: hostile }] } })
  const text = JSON.stringify(progressOf([node], { check: 'open-iscsi', state: 'ready' }))
  expect(text).not.toMatch(new RegExp(`[${unprintable}]`, 'u'))
})
