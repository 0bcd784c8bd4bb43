import { describe, expect, test } from 'vitest'
import { clusterPodOf } from '#agent/kube/pod-view.ts'
import type { RawPod } from '#agent/kube/pod-view.ts'
import { workloadOf } from '#agent/kube/workload-view.ts'

describe('a pod', () => {
  test.each<[string, unknown]>([
    ['without anything', {}],
    ['without containers', { metadata: {}, spec: { containers: null }, status: {} }],
    ['of nulls', { metadata: null, spec: null, status: null }],
  ])('%s is one of which nothing is known', (_, object) => {
    expect(clusterPodOf(object as RawPod)).toMatchObject({
      name: '',
      node: null,
      containers: [],
      unscheduled: null,
    })
  })

  test.each<[string, object]>([
    ['no state', { state: { waiting: null, running: null, terminated: null }, lastState: null }],
    ['numbers for texts', { state: { waiting: { reason: 5, message: {} } } }],
  ])('a container with %s', (_, odd) => {
    const status = { name: 'main', restartCount: 0, ready: false, image: '', imageID: '', ...odd }
    const pod = clusterPodOf({
      spec: { containers: [{ name: 'main' }] },
      status: { containerStatuses: [status] },
    })
    expect(pod.containers).toMatchObject([{ ended: null, lastEnd: null }])
    expect(['', undefined]).toContain(pod.containers[0]?.waiting?.reason)
  })

  test('is being deleted when a time says so, and not by null', () => {
    const isDeleting = (deletionTimestamp: unknown) =>
      clusterPodOf({ metadata: { deletionTimestamp } } as RawPod).isDeleting
    expect([isDeleting(null), isDeleting(undefined), isDeleting('2026-11-24T10:00:00Z')]).toEqual([
      false,
      false,
      true,
    ])
  })

  test('its containers are of four kinds, each with its own status', () => {
    const status = (name: string, restartCount: number) => ({
      name,
      restartCount,
      ready: false,
      image: '',
      imageID: '',
    })
    const { containers } = clusterPodOf({
      spec: {
        initContainers: [{ name: 'a' }, { name: 'b', restartPolicy: 'Always' }],
        containers: [{ name: 'c' }],
        ephemeralContainers: [{ name: 'd' }],
      },
      status: {
        initContainerStatuses: [status('a', 1), status('b', 2)],
        containerStatuses: [status('c', 3)],
        ephemeralContainerStatuses: [status('d', 4)],
      },
    })
    expect(containers.map(({ name, kind, restarts }) => [name, kind, restarts])).toEqual([
      ['a', 'init', 1],
      ['b', 'sidecar', 2],
      ['c', 'container', 3],
      ['d', 'ephemeral', 4],
    ])
  })

  test('a folder of the host counts where a container mounts it whole', () => {
    const { containers } = clusterPodOf({
      spec: {
        containers: [
          {
            name: 'main',
            volumeMounts: [
              { name: 'root', mountPath: '/host/' },
              { name: 'root', mountPath: '/part', subPath: 'etc' },
              { name: 'data', mountPath: '/data' },
            ],
          },
        ],
        volumes: [
          { name: 'root', hostPath: { path: '/' } },
          { name: 'data', emptyDir: {} },
        ],
      },
    })
    expect(containers[0]?.hostPaths).toEqual([{ at: '/host', on: '/' }])
  })

  test('the year 1 is no time', () => {
    const terminated = { exitCode: 1, startedAt: new Date('0001-01-01T00:00:00Z') }
    const status = {
      name: 'main',
      restartCount: 1,
      ready: false,
      image: '',
      imageID: '',
      lastState: { terminated },
    }
    const { containers } = clusterPodOf({
      spec: { containers: [{ name: 'main' }] },
      status: { containerStatuses: [status] },
    })
    expect(containers[0]?.lastEnd).toMatchObject({ code: 1, startedAt: null })
  })
})

test("a workload's selector is one text", () => {
  const matchExpressions = [
    { key: 'tier', operator: 'In', values: ['a', 'b'] },
    { key: 'x', operator: 'Exists' },
    { key: 'y', operator: 'DoesNotExist' },
  ]
  const selector = { matchLabels: { app: 'one' }, matchExpressions }
  const template = { metadata: {} }
  expect(
    workloadOf('deployments', { metadata: { name: 'one' }, spec: { selector, template } }),
  ).toMatchObject({
    kind: 'Deployment',
    selector: 'app=one,tier in (a,b),x,!y',
    desired: 1,
    rollout: null,
  })
})

test('a DaemonSet rolls out while some node has not its newest template', () => {
  const spec = {
    selector: {},
    template: {},
    updateStrategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: '10%' as const } },
  }
  const status = {
    currentNumberScheduled: 3,
    desiredNumberScheduled: 3,
    numberMisscheduled: 0,
    numberReady: 2,
    numberUnavailable: 1,
  }
  const set = (generation: number, updatedNumberScheduled: number) =>
    workloadOf('daemonsets', {
      metadata: { generation },
      spec,
      status: { ...status, updatedNumberScheduled },
    }).rollout
  expect(set(2, 1)).toEqual({ desired: 3, updated: 1, unavailable: 1, maxUnavailable: '10%' })
  expect([set(2, 3), set(1, 0)]).toEqual([null, null])
})
