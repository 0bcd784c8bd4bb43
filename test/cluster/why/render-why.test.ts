import { expect, test } from 'vitest'
import { joinAnswers } from '#agent/cluster/why/join-answers.ts'
import { howItFails, failingContainers } from '#agent/cluster/why/kubelet/failing.ts'
import { renderWhy } from '#agent/cluster/why/render-why.ts'
import { rolloutLine } from '#agent/cluster/why/kubelet/rollout.ts'
import { unprintable } from '#agent/model/plain.ts'
import type { ClusterPod } from '#agent/node/pod-api.ts'
import { hostile, madeNode, noIscsi, now } from '../made-nodes.ts'
import { causeOf, crashLoop, labelled, madePod, warning } from './made-pods.ts'

const log = 'level=info msg=starting\nnsenter: failed to execute iscsiadm: No such file or directory\n'
const nodes = labelled(['worker-1', 'worker-2'].map((name) => madeNode(name, { 'open-iscsi': noIscsi })))

function explained(pod: ClusterPod, text: string) {
  const [worst = null] = failingContainers(pod, now)
  const { namespace, name, node } = pod
  const how = howItFails(pod, worst, now)
  return {
    pod: { namespace, name, container: 'main', node, how },
    cause: causeOf(pod, { log: text, nodes }),
    lacking: [],
  }
}

test('pods of one cause are one answer, with each node once and the fix once', async () => {
  const pods = ['worker-1', 'worker-2'].map((nodeName, index) =>
    madePod({
      name: `longhorn-manager-${index}`,
      namespace: 'longhorn-system',
      spec: { nodeName },
      status: crashLoop(1),
    }),
  )
  const bug = madePod({ name: 'other', status: crashLoop(2) })
  const answers = joinAnswers([explained(bug, 'panic: a bug\n'), ...pods.map((pod) => explained(pod, log))])
  expect(answers.map(({ verdict, pods: all }) => [verdict, all.length])).toEqual([
    ['confirmed', 2],
    ['not the host', 1],
  ])
  await expect(renderWhy(answers, { color: false })).toMatchFileSnapshot('../golden/why.txt')
})

test('what editors of pods, logs and nodes write reaches neither a terminal nor a command', () => {
  const pod = madePod({ name: hostile, status: crashLoop(1), container: { image: hostile } })
  const told = {
    log: `${log}${hostile} nsenter: failed to execute iscsiadm;reboot: No such file or directory`,
    nodes,
  }
  const cause = causeOf(pod, { ...told, events: [warning('FailedMount', hostile.repeat(50_000))] })
  const named = { namespace: hostile, name: hostile, container: hostile, node: hostile, how: 'crash-loops' }
  const text = renderWhy(joinAnswers([{ pod: named, cause, lacking: [hostile] }]), { color: false })
  expect(text.replaceAll('\n', '')).not.toMatch(new RegExp(`[${unprintable}]`, 'u'))
  expect(text).toContain('apt-get install -y open-iscsi')
  const commands = text.split('\n').filter((line) => /^ {4}\S/.test(line) || line.includes('kubectl'))
  expect(commands.filter((line) => !line.includes('nsenter')).join('\n')).not.toContain('reboot')
})

test.each([
  [['a', 'a'], ['--context=prod'], 'kubectl hostdeps restart -n a --context=prod'],
  [['a', 'b'], [], 'kubectl hostdeps restart -A'],
  [['a'], ['--context=$(reboot)'], 'at once with: hostdeps restart\n'],
])('restart is for the namespaces %o, with the flags %o', (namespaces, access, command) => {
  const pods = namespaces.map((namespace, index) =>
    madePod({ name: `app-${index}`, namespace, status: crashLoop(1) }),
  )
  const answers = joinAnswers(pods.map((pod) => explained(pod, log)))
  expect(renderWhy(answers, { color: false, access })).toContain(command)
})

test.each([
  [{ desired: 3, updated: 1, unavailable: 1, maxUnavailable: '1' }, /stands at 1 of 3/],
  [{ desired: 30, updated: 1, unavailable: 3, maxUnavailable: '10%' }, /maxUnavailable is 10%/],
])('a rollout that a waiting pod holds up is said: %o', (rollout, line) => {
  expect(rolloutLine('app', rollout)).toMatch(line)
})

test.each([
  { desired: 3, updated: 1, unavailable: 1, maxUnavailable: '2' },
  { desired: 30, updated: 1, unavailable: 2, maxUnavailable: '10%' },
])('a rollout that goes on is not: %o', (rollout) => {
  expect(rolloutLine('app', rollout)).toBeNull()
})
