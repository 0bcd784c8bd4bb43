import { describe, expect, test } from 'vitest'
import { progressOfFix } from '#agent/cluster/fix/progress.ts'
import type { FixSeen } from '#agent/cluster/fix/progress.ts'
import { renderFixResult } from '#agent/node/fix-result.ts'
import type { FixJob } from '#agent/node/job-api.ts'
import type { ClusterPod, PodContainer } from '#agent/node/pod-api.ts'
import { hostile } from '../made-nodes.ts'
import { madeContainer, madeEnd, madePod } from '../restart/made-pods.ts'

const job: FixJob = {
  name: 'hostdeps-fix-a',
  uid: 'u',
  annotations: {},
  createdAt: 0,
  state: 'running',
  endedAt: null,
  reason: '',
}
const fixPod = (container: Partial<PodContainer>, pod: Partial<ClusterPod> = {}) =>
  madePod({
    containers: [madeContainer({ name: 'fix', waiting: null, ended: null, lastEnd: null, ...container })],
    phase: 'Pending',
    isReady: false,
    ...pod,
  })
const of = (seen: Partial<FixSeen>) =>
  progressOfFix({ job, pods: [], events: [], isNodeReady: true, ...seen })
const said = (
  state: 'ready' | 'missing' | 'unknown',
  did: 'run' | 'wait' | 'refuse' = 'run',
  how = 'success 0',
) =>
  renderFixResult({
    v: 1,
    did,
    how,
    checks: [
      {
        check: 'open-iscsi',
        state,
        needs: state === 'ready' ? [] : [{ id: 'binary:iscsiadm', reason: 'BinaryNotFound' }],
      },
    ],
  })
const endedWith = (message: string) => of({ pods: [fixPod({ ended: madeEnd({ message }) })] })

describe('the result is the checks asked again, not an exit code', () => {
  test.each([
    [said('ready'), true, 'asked again: open-iscsi is ready'],
    [said('ready', 'run', 'exit-code 1'), true, 'asked again: open-iscsi is ready'],
    [
      said('missing'),
      false,
      'the script ended with success 0; asked again: open-iscsi is missing (binary:iscsiadm BinaryNotFound)',
    ],
    [
      said('unknown'),
      false,
      'the script ended with success 0; asked again: open-iscsi is unknown (binary:iscsiadm BinaryNotFound)',
    ],
    [
      said('ready', 'wait', 'another fix ran before'),
      true,
      'nothing was begun: another fix ran before; asked again: open-iscsi is ready',
    ],
    [
      said('missing', 'refuse', 'no systemd'),
      false,
      'nothing was begun: no systemd; asked again: open-iscsi is missing (binary:iscsiadm BinaryNotFound)',
    ],
  ])('%s', (message, isReady, says) => {
    expect(endedWith(message)).toMatchObject({ is: 'ended', isReady, says })
  })

  test('an answer about no check is none', () => {
    expect(endedWith('{"v":1,"did":"run","how":"success 0","checks":[]}')).toMatchObject({ isReady: false })
  })

  test.each(['', 'not JSON', '{"v":2}', '{"v":1,"did":"run","how":"x","checks":[{"check":"$(reboot)"}]}'])(
    'a message that no agent wrote: %j',
    (message) => {
      expect(endedWith(message)).toMatchObject({ is: 'lost' })
    },
  )
})

test.each<[string, Partial<FixSeen>, object]>([
  ['no pod yet', {}, { is: 'waiting', says: 'its Job is created' }],
  [
    'no pod may be made',
    {
      events: [
        {
          about: { kind: 'Job', name: 'a', uid: 'u' },
          namespace: 'hostdeps',
          reason: 'FailedCreate',
          message: 'violates PodSecurity "restricted:latest"',
          lastAt: 0,
        },
      ],
    },
    { is: 'lost', says: 'no pod may be made there: violates PodSecurity "restricted:latest"' },
  ],
  [
    'a full node',
    {
      pods: [
        fixPod(
          {},
          { phase: 'Failed', reason: 'OutOfpods', message: 'Node did not have enough resource: pods' },
        ),
      ],
    },
    { is: 'lost', says: 'the kubelet refused its pod: OutOfpods: Node did not have enough resource: pods' },
  ],
  [
    'a dead kubelet',
    { pods: [fixPod({})], isNodeReady: false },
    { is: 'waiting', says: 'its pod waits: the kubelet of this node is not Ready' },
  ],
  [
    'no image',
    { pods: [fixPod({ waiting: { reason: 'ImagePullBackOff', message: 'Back-off' } })] },
    { is: 'lost', says: 'its pod does not start: ImagePullBackOff: Back-off' },
  ],
  [
    'a pod that was evicted when it ran',
    { pods: [fixPod({ runningSince: 1 }, { phase: 'Failed', reason: 'Evicted' })] },
    {
      is: 'lost',
      isUntried: false,
      says: expect.stringMatching(/^its pod was ended \(Evicted\); what it began goes on/),
    },
  ],
  [
    'out of memory',
    { pods: [fixPod({ ended: madeEnd({ reason: 'OOMKilled', code: 137 }) })] },
    { is: 'lost', isUntried: false, says: expect.stringMatching(/OOMKilled .*what it began goes on/) },
  ],
  ['it runs', { pods: [fixPod({ runningSince: 1 }, { phase: 'Running' })] }, { is: 'running' }],
  [
    'its pod was deleted, the Job is over',
    { job: { ...job, state: 'failed', reason: 'BackoffLimitExceeded' } },
    { is: 'lost', says: expect.stringContaining('what it began goes on there') },
  ],
  [
    'its deadline is over',
    { job: { ...job, state: 'failed', reason: 'DeadlineExceeded' }, pods: [fixPod({ runningSince: 1 })] },
    {
      is: 'lost',
      says: expect.stringMatching(/^its pod was ended \(DeadlineExceeded\); what it began goes on/),
    },
  ],
  ['its Job was deleted', { job: null }, { is: 'lost', says: expect.stringContaining('its Job is gone') }],
])('%s', (_, seen, expected) => {
  expect(of(seen)).toMatchObject(expected)
})

test('no text of the cluster brings a terminal anything', () => {
  const seen = [
    of({ pods: [fixPod({}, { phase: 'Failed', reason: hostile, message: hostile })] }),
    of({ pods: [fixPod({ waiting: { reason: 'ErrImagePull', message: hostile } })] }),
    endedWith(hostile),
    endedWith(said('missing', 'refuse', hostile)),
  ]
  for (const { says } of seen) expect(says).not.toMatch(/[\u001b\u202e\u200b\n]/)
})
