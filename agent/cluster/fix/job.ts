import { hash } from 'node:crypto'
import { prefix } from '#agent/model/names.ts'

/** The service account of manifests/, which has no rights, and the label of the pods: none that a Service of ours selects. */
const account = 'hostdeps-fix'
const jobLabel = { 'app.kubernetes.io/name': 'hostdeps-fix' } as const

/** Annotations: the script's SHA-256, the node, and by which a caller knows a Job again whose creation was not answered. */
const scriptAnnotation = `${prefix}fix-script`
const nodeAnnotation = `${prefix}node`
export const callAnnotation = `${prefix}fix-call`

/** Seconds that a Job which has ended can be looked at. */
const kept = 3_600

export interface JobOptions {
  readonly node: string
  readonly namespace: string
  readonly script: string
  /** The checks that are asked again. */
  readonly checks: readonly string[]
  /** Some are custom: the pod reads the agents' own. */
  readonly hasCustom: boolean
  readonly image: string
  readonly pullSecrets: readonly string[]
  /** Of this call, and of no other. */
  readonly call: string
  /** Seconds after which the pod is ended; not what it started on the host. */
  readonly deadline: number
}

/** One a node, so that two callers meet. A name of at most 63 characters is the value of a label of its pod too. */
export function jobName(node: string): string {
  const name = `${account}-${node}`
  if (name.length <= 63) return name
  // Before a hyphen no dot may stand: https://kubernetes.io/docs/concepts/overview/working-with-objects/names/
  return `${name.slice(0, 54).replace(/[.-]+$/, '')}-${hash('sha256', node).slice(0, 8)}`
}

/**
 * A Job that runs the script once, on that node and as a unit of the host's own. Its pod is privileged and sees the host's processes,
 * since systemd is asked from the host's namespaces; it has no token, opens no port, and ends.
 */
export function fixJob(options: JobOptions): object {
  const { node, namespace, script, image, pullSecrets, call, deadline } = options
  const annotations = {
    [scriptAnnotation]: hash('sha256', script),
    [nodeAnnotation]: node,
    [callAnnotation]: call,
  }
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name: jobName(node), namespace, labels: jobLabel, annotations },
    spec: {
      backoffLimit: 0,
      activeDeadlineSeconds: deadline,
      ttlSecondsAfterFinished: kept,
      template: {
        metadata: { labels: jobLabel, annotations },
        spec: {
          nodeName: node,
          serviceAccountName: account,
          automountServiceAccountToken: false,
          enableServiceLinks: false,
          restartPolicy: 'Never',
          terminationGracePeriodSeconds: 5,
          hostPID: true,
          tolerations: [{ operator: 'Exists' }],
          imagePullSecrets: pullSecrets.map((name) => ({ name })),
          containers: [containerOf(options, image)],
          volumes: volumesOf(options),
        },
      },
    },
  }
}

function containerOf({ script, checks, hasCustom }: JobOptions, image: string) {
  return {
    name: 'fix',
    image,
    imagePullPolicy: 'IfNotPresent',
    // With the host's process ids, tini is not the first process.
    env: [{ name: 'TINI_SUBREAPER', value: '' }],
    args: [
      'apply',
      '--procfs=/host/proc',
      `--script=${Buffer.from(script).toString('base64')}`,
      ...(hasCustom ? [`--checks=${customChecks}`] : []),
      ...checks,
    ],
    securityContext: { privileged: true, runAsUser: 0, runAsGroup: 0, readOnlyRootFilesystem: true },
    resources: { requests: { cpu: '10m', memory: '64Mi' }, limits: { memory: '192Mi' } },
    volumeMounts: [
      { name: 'host-proc', mountPath: '/host/proc', readOnly: true },
      { name: 'tmp', mountPath: '/tmp' },
      ...(hasCustom ? [{ name: 'checks', mountPath: customChecks, readOnly: true }] : []),
    ],
  }
}

const customChecks = '/etc/hostdeps/checks'

function volumesOf({ hasCustom }: JobOptions) {
  return [
    { name: 'host-proc', hostPath: { path: '/proc', type: 'Directory' } },
    { name: 'tmp', emptyDir: { medium: 'Memory', sizeLimit: '8Mi' } },
    ...(hasCustom ? [{ name: 'checks', configMap: { name: 'hostdeps-checks', optional: true } }] : []),
  ]
}
