import { hash } from 'node:crypto'
import { readFileSync } from 'node:fs'

/** Of the cases, the tools and the version of descheduler: where one has changed, RESTARTS.md is to be made anew. */
export function restartsHash(): string {
  const files = ['cases.ts', 'tools.ts', '../descheduler/go.mod']
  const texts = files.map((file) => readFileSync(new URL(file, import.meta.url), 'utf8'))
  return hash('sha256', texts.join('\n')).slice(0, 12)
}

/** By then the kubelet waits for five minutes between two starts, in which everybody looks. */
export const restartsBefore = 6

export const busybox = 'localhost/busybox:test'

/** A pod that was restarted often on worker-1, which lacks open-iscsi at first and nfs-common all along. */
export interface Case {
  readonly name: string
  /** In a few words, for the table. */
  readonly what: string
  readonly isRight: boolean
  /** Why it is right to restart it, or not. */
  readonly why: string
  /** It is made to run again before anybody is asked. */
  readonly isReady?: boolean
  objects(namespace: string): readonly object[]
}

export const cases: readonly Case[] = [
  {
    name: 'iscsi',
    what: 'crash-loops for want of iscsiadm, which the node has by now',
    isRight: true,
    why: 'it comes up at once',
    objects: (namespace) => [deployment('iscsi', namespace, onHost('iscsiadm --version'))],
  },
  {
    name: 'init',
    what: 'the same in an init container',
    isRight: true,
    why: 'it comes up at once',
    objects: (namespace) => [deployment('init', namespace, inInit(onHost('iscsiadm --version', 'true')))],
  },
  {
    name: 'daemon',
    what: 'the same, of a DaemonSet that mounts a folder of the host, as longhorn-manager does',
    isRight: true,
    why: 'it comes up at once',
    objects: (namespace) => [
      templated('DaemonSet', { name: 'daemon', namespace }, withProc(onHost('iscsiadm --version'))),
    ],
  },
  {
    name: 'budget',
    what: 'the same, under a PodDisruptionBudget of minAvailable 1',
    isRight: true,
    why: 'it comes up at once, and serves nothing that could be disrupted',
    objects: (namespace) => [
      deployment('budget', namespace, onHost('iscsiadm --version')),
      {
        apiVersion: 'policy/v1',
        kind: 'PodDisruptionBudget',
        metadata: { name: 'budget', namespace },
        spec: { minAvailable: 1, selector: { matchLabels: { app: 'budget' } } },
      },
    ],
  },
  {
    name: 'bare',
    what: 'the same, without a controller',
    isRight: false,
    why: 'nothing would make another',
    objects: (namespace) => [barePod('bare', namespace, onHost('iscsiadm --version'))],
  },
  {
    name: 'own-bug',
    what: 'crash-loops by a bug of its own',
    isRight: false,
    why: 'the next one has the bug too',
    objects: (namespace) => [deployment('own-bug', namespace, running(panic))],
  },
  {
    name: 'nfs',
    what: 'crash-loops for want of mount.nfs, which the node still lacks',
    isRight: false,
    why: 'the next one fails too',
    objects: (namespace) => [deployment('nfs', namespace, onHost('mount.nfs -V'))],
  },
  {
    name: 'was-unlucky',
    what: 'crash-looped by itself, and is Ready now',
    isRight: false,
    why: 'it works',
    isReady: true,
    objects: (namespace) => [deployment('was-unlucky', namespace, configured())],
  },
  {
    name: 'was-iscsi',
    what: 'crash-looped for want of iscsiadm, its log before says so, and is Ready now',
    isRight: false,
    why: 'it works',
    isReady: true,
    objects: (namespace) => [deployment('was-iscsi', namespace, onHost('iscsiadm --version'))],
  },
]

/** What the pod `was-unlucky` waits for. */
export function configMap(namespace: string) {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'late', namespace }, data: { mode: 'on' } }
}

interface PodSpec {
  readonly containers: readonly object[]
  readonly [key: string]: unknown
}

const sleep = 'exec sleep 2147483647'
const panic = "echo 'panic: runtime error: index out of range [3] with length 3' >&2; exit 2"

/** Runs a program of the host, and runs on if that can be done. */
function onHost(program: string, andThen = sleep): PodSpec {
  const script = `busybox nsenter -t 1 -m -- ${program} && ${andThen}`
  const env = [{ name: 'PATH', value: '/usr/sbin:/usr/bin:/sbin:/bin' }]
  return { ...running(script, { env, securityContext: { privileged: true } }), hostPID: true }
}

function configured(): PodSpec {
  const script = `test -n "$MODE" || { echo 'no mode is configured'; exit 1; }; ${sleep}`
  const configMapKeyRef = { name: 'late', key: 'mode', optional: true }
  return running(script, { env: [{ name: 'MODE', valueFrom: { configMapKeyRef } }] })
}

function running(script: string, container: object = {}) {
  const main = { name: 'main', image: busybox, command: ['sh', '-c', script], ...container }
  return { terminationGracePeriodSeconds: 1, containers: [main] }
}

function inInit({ containers, ...spec }: PodSpec): PodSpec {
  const initContainers = containers.map((container) => ({ ...container, name: 'init' }))
  return { ...spec, ...running(sleep), initContainers }
}

function withProc({ containers, ...spec }: PodSpec): PodSpec {
  const volumeMounts = [{ name: 'proc', mountPath: '/host/proc' }]
  const mounting = containers.map((container) => ({ ...container, volumeMounts }))
  return { ...spec, containers: mounting, volumes: [{ name: 'proc', hostPath: { path: '/proc' } }] }
}

function deployment(name: string, namespace: string, spec: PodSpec) {
  return templated('Deployment', { name, namespace }, spec)
}

interface Named {
  readonly name: string
  readonly namespace: string
}

function templated(kind: string, metadata: Named, spec: PodSpec) {
  const labels = { app: metadata.name }
  const template = { metadata: { labels }, spec: { ...spec, nodeSelector: onWorker } }
  return {
    apiVersion: 'apps/v1',
    kind,
    metadata,
    spec: { selector: { matchLabels: labels }, template },
  }
}

const onWorker = { 'kubernetes.io/hostname': 'worker-1' }

function barePod(name: string, namespace: string, spec: PodSpec) {
  const metadata = { name, namespace, labels: { app: name } }
  return { apiVersion: 'v1', kind: 'Pod', metadata, spec: { ...spec, nodeSelector: onWorker } }
}
