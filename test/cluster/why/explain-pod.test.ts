import { describe, expect, test } from 'vitest'
import { namedChecks } from '#agent/symptoms/hinted-checks.ts'
import { failingContainers } from '#agent/cluster/why/kubelet/failing.ts'
import { agentOn, madeNode, noIscsi, now } from '../made-nodes.ts'
import { ago, causeOf, crashLoop, labelled, madePod, waitingFor, warning } from './made-pods.ts'

const line = 'nsenter: failed to execute iscsiadm: No such file or directory\n'
const lacking = labelled([madeNode('worker-1', { 'open-iscsi': noIscsi })])
const having = labelled([madeNode('worker-1', { 'open-iscsi': { state: 'ready', was: 'ready' } })])
const crashing = madePod({ status: crashLoop(1) })

describe('a line that points to a need', () => {
  test('is confirmed on a node that lacks it, with the fix of its distribution', () => {
    expect(causeOf(crashing, { log: line, nodes: lacking })).toMatchObject({
      verdict: 'confirmed',
      check: 'open-iscsi',
      need: 'binary:iscsiadm',
      says: 'the node lacks iscsiadm',
      evidence: [{ from: 'log', container: 'main', text: line.trim() }],
      hosts: [
        { node: 'worker-1', state: 'missing', fix: expect.stringContaining('apt-get install -y open-iscsi') },
      ],
      readySince: null,
    })
  })

  test('is ruled out on a node that has it', () => {
    const cause = causeOf(crashing, { log: line, nodes: having })
    expect(cause).toMatchObject({ verdict: 'cannot tell', check: null, hosts: [] })
    expect(cause.ruledOut).toEqual([expect.stringMatching(/^worker-1 has iscsiadm now/)])
  })

  test('is likely where the node had it missing when the container began, and has it by now', () => {
    const since = { state: 'ready', was: 'missing', since: '2026-11-24T11:58:30Z' } as const
    const nodes = labelled([madeNode('worker-1', { 'open-iscsi': since })])
    const cause = causeOf(crashing, { log: line, nodes })
    expect(cause).toMatchObject({ verdict: 'likely', readySince: '2026-11-24T11:58:30Z' })
    expect(cause.next).toMatch(/hostdeps restart/)
  })

  test.each([
    ['says nothing of the check', labelled([madeNode('worker-1', {})])],
    ['has no agent', labelled([madeNode('worker-1', { 'open-iscsi': noIscsi })], [])],
    [
      'has an agent that is not ready',
      labelled([madeNode('worker-1', { 'open-iscsi': noIscsi })], [agentOn('worker-1', false)]),
    ],
  ])('is no more than likely where the node %s', (_, nodes) => {
    expect(causeOf(crashing, { log: line, nodes })).toMatchObject({ verdict: 'likely', check: 'open-iscsi' })
  })

  test('is no more than likely for whoever may not read nodes', () => {
    const cause = causeOf(crashing, { log: line, nodes: null })
    expect(cause).toMatchObject({ verdict: 'likely', hosts: [] })
    expect(cause.next).toMatch(/its node cannot be read/)
  })

  test('is found in the words of an event too', () => {
    const pod = madePod({ status: waitingFor('ContainerCreating'), pod: { phase: 'Pending' } })
    const message = `MountVolume.MountDevice failed for volume "pvc-1" : rpc error: code = Internal desc = ${line}`
    const cause = causeOf(pod, { events: [warning('FailedMount', message)], nodes: lacking })
    expect(cause).toMatchObject({ verdict: 'confirmed', check: 'open-iscsi', evidence: [{ from: 'event' }] })
  })

  test('of an init container counts, and the others wait for it', () => {
    const init = { name: 'prepare', image: 'example.com/app:1' }
    const waiting = {
      name: 'prepare',
      ready: false,
      image: '',
      imageID: '',
      restartCount: 2,
      ...crashLoop(1),
    }
    const pod = madePod({
      spec: { initContainers: [init] },
      status: waitingFor('PodInitializing'),
      pod: { phase: 'Pending', initContainerStatuses: [waiting] },
    })
    expect(causeOf(pod, { log: line, nodes: lacking })).toMatchObject({ verdict: 'confirmed' })
  })
})

test('what somebody ends who debugs a pod is no crash of it', () => {
  const debugger_ = { name: 'debug', ready: false, image: '', imageID: '', restartCount: 0 }
  const terminated = { exitCode: 130, reason: 'Error' }
  const pod = madePod({
    status: crashLoop(1),
    spec: { ephemeralContainers: [{ name: 'debug' }] },
    pod: { ephemeralContainerStatuses: [{ ...debugger_, state: { terminated } }] },
  })
  expect(failingContainers(pod, now).map(({ container }) => container.name)).toEqual(['main'])
})

test('an init container that hangs is looked at, and one that has just begun is not', () => {
  const running = (minutes: number) => {
    const status = { name: 'prepare', ready: false, image: '', imageID: '', restartCount: 0 }
    return madePod({
      spec: { initContainers: [{ name: 'prepare' }] },
      status: waitingFor('PodInitializing'),
      pod: { initContainerStatuses: [{ ...status, state: { running: { startedAt: ago(minutes) } } }] },
    })
  }
  expect(failingContainers(running(60), now)[0]).toMatchObject({
    container: { name: 'prepare' },
    way: 'not ready',
  })
  expect(failingContainers(running(1), now)[0]?.container.name).toBe('main')
})

describe('is not the host, though the log names what it lacks', () => {
  test.each([
    ['memory', crashLoop(137, { reason: 'OOMKilled' }), [], /memory/],
    [
      'a probe',
      crashLoop(137),
      [warning('Unhealthy', 'Liveness probe failed: dial tcp 10.0.0.1:1: connect: connection refused')],
      /probe/,
    ],
    ['an end without an error', crashLoop(0, { reason: 'Completed' }), [], /exit 0/],
  ])('%s', (_, status, events, says) => {
    const cause = causeOf(madePod({ status }), { log: line, events, nodes: lacking })
    expect(cause).toMatchObject({ verdict: 'not the host', says: expect.stringMatching(says), hosts: [] })
  })
})

describe('is not the host', () => {
  test.each([
    ['the image', waitingFor('ImagePullBackOff', 'Back-off pulling image "x"'), /image cannot be pulled/],
    ['a ConfigMap', waitingFor('CreateContainerConfigError', 'configmap "x" not found'), /ConfigMap/],
    [
      'its command',
      crashLoop(128, {
        reason: 'StartError',
        message: 'exec: "/bin/iscsiadm": stat /bin/iscsiadm: no such file or directory: unknown',
      }),
      /its image has no \/bin\/iscsiadm/,
    ],
    ['a bug', crashLoop(139), /SIGSEGV/],
  ])('%s', (_, status, says) => {
    const cause = causeOf(madePod({ status }), { nodes: lacking })
    expect(cause).toMatchObject({ verdict: 'not the host', says: expect.stringMatching(says), hosts: [] })
  })

  test.each([
    ['panic: runtime error: index out of range [3]\n\ngoroutine 1 [running]:\n', /panicked/],
    ['Traceback (most recent call last):\n  File "a.py", line 1\nValueError: x\n', /exception/],
    ['node:internal/process\nError: a bug\n    at x\n\nNode.js v26.10.0\n', /exception/],
    ['dial tcp: lookup db.default.svc on 10.96.0.10:53: no such host\n', /resolved/],
    ["wget: bad address 'no-such-service'\n", /resolved/],
    ['Error: unknown flag: --frob\n', /arguments/],
    ['pods is forbidden: User "system:serviceaccount:a:b" cannot list resource "pods"\n', /service account/],
    ['dial tcp 10.0.0.1:5432: connect: connection refused\n', /reaches nobody/],
    ['sh: frobctl: not found\n', /its image has no frobctl/],
  ])('by what its log says: %s', (log, says) => {
    const cause = causeOf(crashing, { log, nodes: lacking })
    expect(cause).toMatchObject({ verdict: 'not the host', says: expect.stringMatching(says) })
  })

  test('evicted', () => {
    const pod = madePod({
      pod: { phase: 'Failed', reason: 'Evicted', message: 'The node was low on resource: memory.' },
    })
    expect(causeOf(pod, { nodes: lacking })).toMatchObject({
      verdict: 'not the host',
      says: expect.stringMatching(/full/),
    })
  })
})

describe('a program that the runtime does not find', () => {
  const refusedIn = (mountPath: string, path: string) =>
    madePod({
      status: crashLoop(128, {
        reason: 'StartError',
        message: `failed to create containerd task: exec: "${mountPath}/iscsiadm": stat ${mountPath}/iscsiadm: no such file or directory: unknown`,
      }),
      container: { volumeMounts: [{ name: 'sbin', mountPath }] },
      spec: { volumes: [{ name: 'sbin', hostPath: { path } }] },
    })

  test("is the host's where a mount of the host holds it", () => {
    const cause = causeOf(refusedIn('/host/sbin', '/usr/sbin'), { nodes: lacking })
    expect(cause).toMatchObject({ verdict: 'confirmed', check: 'open-iscsi', need: 'binary:iscsiadm' })
  })

  test("is likely the host's where its node does not say", () => {
    const cause = causeOf(refusedIn('/host/sbin', '/usr/sbin'), { nodes: null })
    expect(cause).toMatchObject({
      verdict: 'likely',
      says: expect.stringMatching(/no \/usr\/sbin\/iscsiadm/),
    })
  })
})

describe('without a line', () => {
  const image = { image: 'docker.io/longhornio/longhorn-manager:v1.9.0' }
  const noLonghorn = {
    state: 'missing',
    needs: [{ id: 'check:open-iscsi', reason: 'BinaryNotFound' }],
  } as const

  test("a workload's own check that is missing something is possible, and no more", () => {
    const nodes = labelled([madeNode('worker-1', { longhorn: noLonghorn })])
    const pod = madePod({ status: crashLoop(1), container: image })
    expect(causeOf(pod, { log: 'starting\n', nodes })).toMatchObject({
      verdict: 'possible',
      check: 'longhorn',
    })
  })

  test.each(['open-policy-agent', 'user-service', 'kernel-x', 'file-server'])(
    'a container that is called %s is of no workload that a check is for',
    (name) => {
      const pod = madePod({ status: { ...crashLoop(1), name }, container: { name } })
      expect(causeOf(pod, { log: 'bundle signature mismatch\n', nodes: lacking })).toMatchObject({
        verdict: 'cannot tell',
        hosts: [],
      })
    },
  )

  test('an image of any length costs no more than one of the usual length', () => {
    const pod = madePod({
      status: waitingFor('InvalidImageName'),
      container: { image: `a/${'b-'.repeat(500_000)}` },
    })
    expect(causeOf(pod, { nodes: lacking })).toMatchObject({ verdict: 'not the host' })
    expect(namedChecks(new Map(), { component: 'b-'.repeat(500_000) })).toEqual([])
  })

  test('nothing is known: the last line is shown', () => {
    const cause = causeOf(crashing, { log: 'starting\nstopping\n', nodes: lacking })
    expect(cause).toMatchObject({ verdict: 'cannot tell', evidence: [{ from: 'log', text: 'stopping' }] })
  })

  test.each([
    ['Unknown', /does not report/],
    ['False', /cannot run pods/],
  ] as const)('a node whose kubelet is %s is said', (ready, says) => {
    const nodes = labelled([madeNode('worker-1', {}, { ready })])
    expect(causeOf(madePod(), { nodes })).toMatchObject({
      verdict: 'not the host',
      says: expect.stringMatching(says),
    })
  })

  test("a port is in question only with the node's network", () => {
    const log = 'Error: listen EADDRINUSE: address already in use :::10250\n'
    const pod = madePod({ status: crashLoop(1), spec: { hostNetwork: true } })
    expect(causeOf(pod, { log, nodes: lacking })).toMatchObject({
      verdict: 'likely',
      says: expect.stringMatching(/port/),
    })
    expect(causeOf(crashing, { log, nodes: lacking }).says).not.toMatch(/port/)
  })
})
