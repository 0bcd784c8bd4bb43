import { expect, test } from 'vitest'
import { fixedSince } from '#agent/cluster/restart/fixed-since.ts'
import { judgeRestart } from '#agent/cluster/restart/judge-restart.ts'
import { failingContainers } from '#agent/cluster/why/kubelet/failing.ts'
import { unprintable } from '#agent/model/plain.ts'
import type { Hit } from '#agent/symptoms/hit.ts'
import { hostile, noIscsi, now } from '../made-nodes.ts'
import {
  catalog,
  fixed,
  got,
  iscsiLine,
  judge,
  madeContainer,
  madeEnd,
  madePod,
  madeStatus,
  said,
  warning,
} from './made-pods.ts'
import type { MadeCase } from './made-pods.ts'

const logs = [said(iscsiLine)]
const controlledBy = (kind: string) => ({ controller: { kind, name: 'app', uid: 'uid-of-app' } })
const longhorn = { containers: [madeContainer({ image: 'docker.io/longhornio/longhorn-manager:v1.12.2' })] }
const starts = (startedAt: number | null, finishedAt: number | null = startedAt) => ({
  containers: [madeContainer({ lastEnd: madeEnd({ startedAt, finishedAt }) })],
})

test.each<[string, MadeCase, string, string]>([
  ['its previous log names the need', { logs }, 'open-iscsi', 'line'],
  ['its log while it runs and is not ready', { pod: running(got - 1), logs }, 'open-iscsi', 'line'],
  ['it began the second before', { pod: starts(got - 1_000), logs }, 'open-iscsi', 'line'],
  ['the runtime could not start it', { pod: starts(null, got - 1_000), logs }, 'open-iscsi', 'line'],
  [
    'an event names the need',
    { events: [warning('exec: nsenter: failed to execute iscsiadm: No such file or directory', got - 1)] },
    'open-iscsi',
    'line',
  ],
  [
    'its init container failed',
    {
      pod: {
        phase: 'Pending',
        containers: [madeContainer({ kind: 'init', name: 'init' }), madeContainer({ lastEnd: null })],
      },
      logs: [said(iscsiLine, { container: 'init' })],
    },
    'open-iscsi',
    'line',
  ],
  [
    'what includes the line’s check, where the node speaks of that alone',
    { checks: { longhorn: fixed }, logs },
    'longhorn',
    'line',
  ],
  [
    'its node selector',
    { pod: { nodeSelector: { 'hostdeps.dev/open-iscsi': 'ready' } } },
    'open-iscsi',
    'selector',
  ],
  ['its node affinity', { pod: { affinityKeys: ['hostdeps.dev/open-iscsi'] } }, 'open-iscsi', 'selector'],
  ['its annotation', { pod: { requires: 'time-sync, open-iscsi' } }, 'open-iscsi', 'annotation'],
  ['its image', { pod: longhorn, checks: { longhorn: fixed } }, 'longhorn', 'image'],
  ['its image, by a check that its own requires', { pod: longhorn }, 'open-iscsi', 'image'],
  [
    'a line of another check that names this one as its need',
    {
      checks: { 'nfs-client': fixed },
      logs: [said('NFS clients [nfs4] not found. At least one should be enabled\n')],
    },
    'nfs-client',
    'line',
  ],
  [
    'a line that it said before it crashed by SIGSEGV',
    { pod: { containers: [madeContainer({ lastEnd: madeEnd({ code: 139 }) })] }, logs },
    'open-iscsi',
    'line',
  ],
  ['a DaemonSet', { pod: controlledBy('DaemonSet'), logs }, 'open-iscsi', 'line'],
  ['the check that is asked for', { check: 'open-iscsi', logs }, 'open-iscsi', 'line'],
])('restarted: %s', (_, made, check, by) => {
  expect(judge(made)).toMatchObject({ check, since: '2026-11-24T10:00:00Z', ground: { by } })
})

test('the line and its need are told', () => {
  expect(judge({ logs })).toMatchObject({
    ground: {
      need: 'binary:iscsiadm',
      evidence: { from: 'log', container: 'main', text: expect.stringContaining('iscsiadm/open-iscsi') },
    },
  })
})

function running(runningSince: number) {
  return { containers: [madeContainer({ waiting: null, runningSince, lastEnd: null })] }
}

test.each<[string, MadeCase, string]>([
  ['it is ready', { pod: { isReady: true }, logs }, 'Ready'],
  ['it is being deleted', { pod: { isDeleting: true }, logs }, 'Deleting'],
  ['it has finished', { pod: { phase: 'Succeeded' }, logs }, 'Finished'],
  ['it has failed for good', { pod: { phase: 'Failed' }, logs }, 'Finished'],
  ['it has no controller', { pod: { controller: null }, logs }, 'NoController'],
  ['it is static', { pod: controlledBy('Node'), logs }, 'Static'],
  ['a Job would count it', { pod: controlledBy('Job'), logs }, 'OtherController'],
  ['nobody knows what its controller does', { pod: controlledBy('TaskRun'), logs }, 'OtherController'],
  ['it waits for a node', { pod: { node: null }, logs }, 'NoNode'],
  ['the agent is not ready', { agent: 'NotReady', logs }, 'AgentAway'],
  ['no agent runs', { agent: null, logs }, 'AgentAway'],
  ['the agents may not be listed', { agent: 'unseen', logs }, 'AgentAway'],
  ['the node lacks it still', { checks: { 'open-iscsi': noIscsi }, logs }, 'NothingFixed'],
  [
    'it was unknown, not missing',
    { checks: { 'open-iscsi': { state: 'ready', was: 'unknown' } }, logs },
    'NothingFixed',
  ],
  [
    'it is unknown by now',
    { checks: { 'open-iscsi': { state: 'unknown', was: 'missing' } }, logs },
    'NothingFixed',
  ],
  [
    'the node does not say what it was',
    { checks: { 'open-iscsi': { state: 'ready' } }, logs },
    'NothingFixed',
  ],
  ['another check is asked for', { check: 'nfs-client', logs }, 'NothingFixed'],
  [
    'none of its containers fails',
    { pod: { containers: [madeContainer({ waiting: null, isReady: true, runningSince: got - 1 })] }, logs },
    'NothingFails',
  ],
  [
    'it was never started',
    {
      pod: {
        containers: [madeContainer({ waiting: { reason: 'ImagePullBackOff', message: '' }, lastEnd: null })],
      },
      logs,
    },
    'NeverStarted',
  ],
  ['it began when the node had it', { pod: starts(got), logs }, 'StartedSince'],
  ['it began after', { pod: starts(got + 60_000), logs }, 'StartedSince'],
  [
    'it runs anew since',
    { pod: { containers: [madeContainer({ waiting: null, runningSince: now - 90_000 })] }, logs },
    'StartedSince',
  ],
  [
    'it was killed for want of memory',
    {
      pod: {
        ...starts(null),
        containers: [madeContainer({ lastEnd: madeEnd({ reason: 'OOMKilled', code: 137 }) })],
        requires: 'open-iscsi',
      },
    },
    'NotTheHost',
  ],
  [
    'only its restarts speak',
    { pod: { containers: [madeContainer({ restarts: 99 })] } },
    'NothingPointsThere',
  ],
  [
    'its line is about another check',
    { logs: [said('mount.nfs: rpc.statd is not running but is required for remote locking\n')] },
    'NothingPointsThere',
  ],
  ['its line may be about the image', { logs: [said('sh: iscsiadm: not found\n')] }, 'NothingPointsThere'],
  [
    'what it needs is recommended, and missing still',
    {
      checks: {
        'open-iscsi': { ...fixed, needs: [{ id: 'binary:iscsiadm', reason: 'RecommendedMissing' }] },
      },
      logs,
    },
    'NothingPointsThere',
  ],
  [
    'the line’s check never was missing there',
    { checks: { longhorn: fixed, 'open-iscsi': { state: 'ready' } }, logs },
    'NothingPointsThere',
  ],
  ['another container said it', { logs: [said(iscsiLine, { container: 'sidecar' })] }, 'NothingPointsThere'],
  [
    'an event says so since',
    { events: [warning('nsenter: failed to execute iscsiadm: No such file or directory', got + 1)] },
    'NothingPointsThere',
  ],
  ['its annotation asks for none', { pod: { ...longhorn, requires: 'none' } }, 'NothingPointsThere'],
  [
    'its image is of another',
    {
      pod: { containers: [madeContainer({ image: 'example.com/not-longhorn-manager:1' })] },
      checks: { longhorn: fixed },
    },
    'NothingPointsThere',
  ],
  [
    'the image is that of a container that has not failed',
    {
      pod: {
        containers: [
          madeContainer({ name: 'own' }),
          madeContainer({
            ...longhorn.containers[0],
            name: 'manager',
            isReady: true,
            lastEnd: null,
            waiting: null,
            runningSince: got - 1,
          }),
        ],
      },
      checks: { longhorn: fixed },
    },
    'NothingPointsThere',
  ],
  [
    'its log says what is wrong with itself',
    { pod: longhorn, checks: { longhorn: fixed }, logs: [said('Error: unknown flag: --foo\n')] },
    'NothingPointsThere',
  ],
  [
    'it asks for another check',
    { pod: { nodeSelector: { 'hostdeps.dev/nfs-client': 'ready', pool: 'open-iscsi' } } },
    'NothingPointsThere',
  ],
  ['its log cannot be read', { lacking: ['the previous log of main: pods "app" is forbidden'] }, 'LogUnread'],
])('left alone: %s', (_, made, code) => {
  expect(judge(made)).toMatchObject({ code })
})

test('its node cannot be read', () => {
  expect(fixedSince(madePod(), null, { check: null, now })).toMatchObject({ code: 'NodeUnknown' })
})

test('what it still lacks is said', () => {
  const checks = { 'open-iscsi': noIscsi }
  expect(judge({ checks })).toMatchObject({
    says: 'worker-1 got nothing that it lacked and still lacks open-iscsi',
  })
  expect(judge({ checks, check: 'open-iscsi' })).toMatchObject({ says: 'worker-1 still lacks open-iscsi' })
})

test('every word of the reasons is harmless', () => {
  const status = { ...madeStatus(), trouble: null }
  for (const pod of [madePod(controlledBy(hostile)), madePod({ requires: hostile, node: hostile })]) {
    const found = fixedSince(pod, status, { check: null, now })
    expect(JSON.stringify(found)).not.toMatch(new RegExp(`[${unprintable}]`, 'u'))
  }
})

test.each<[string, Partial<Hit>, object]>([
  ['a line', {}, { check: 'open-iscsi' }],
  ['one that another takes back', { doubt: { line: 2, text: 'found' } }, { code: 'NothingPointsThere' }],
  ['an exit code alone', { line: 0 }, { code: 'NothingPointsThere' }],
  ['one that is about no need', { need: 'none' }, { code: 'NothingPointsThere' }],
  ['one that no check knows', { check: null }, { code: 'NothingPointsThere' }],
])('how sure a hit is: %s', (_, changes, verdict) => {
  const pod = madePod()
  const node = madeStatus()
  const found = fixedSince(pod, node, { check: null, now })
  if ('code' in found) throw new Error(found.says)
  const hit: Hit = {
    check: 'open-iscsi',
    need: null,
    means: '',
    source: null,
    line: 1,
    text: 'no iscsiadm',
    times: 1,
    subject: null,
    confidence: 'likely',
    doubt: null,
    ...changes,
  }
  const seen = { pod, failing: failingContainers(pod, now), events: [], logs: [], lacking: [] }
  const facts = { node, fixed: found, catalog }
  expect(judgeRestart(seen, [{ text: said('x'), hits: [hit] }], facts)).toMatchObject(verdict)
})
