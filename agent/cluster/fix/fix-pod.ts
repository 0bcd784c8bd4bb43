import { prefix } from '#agent/model/names.ts'

/** The service account of the pods, which has no rights, and their label: none that a Service of ours selects. */
export const account = 'hostdeps-fix'
export const fixLabel = { 'app.kubernetes.io/name': account } as const

/** The annotation with the script's SHA-256. */
export const scriptAnnotation = `${prefix}fix-script`

export interface FixPodOptions {
  readonly script: string
  /** The checks that are asked again. */
  readonly checks: readonly string[]
  /** Some are custom: the pod reads the agents' own. */
  readonly hasCustom: boolean
  readonly image: string
}

/**
 * What every pod has that runs a script on its node. It is privileged and sees the host's processes, since systemd is asked from the
 * host's namespaces; it has no token and opens no port.
 */
export function fixPod({ hasCustom }: Pick<FixPodOptions, 'hasCustom'>) {
  return {
    serviceAccountName: account,
    automountServiceAccountToken: false,
    enableServiceLinks: false,
    terminationGracePeriodSeconds: 5,
    hostPID: true,
    tolerations: [{ operator: 'Exists' }],
    volumes: [
      { name: 'host-proc', hostPath: { path: '/proc', type: 'Directory' } },
      { name: 'tmp', emptyDir: { medium: 'Memory', sizeLimit: '8Mi' } },
      ...(hasCustom ? [{ name: 'checks', configMap: { name: 'hostdeps-checks', optional: true } }] : []),
    ],
  }
}

/** Runs the script as a unit of the host's own, and waits for it. */
export function fixContainer({ script, checks, hasCustom, image }: FixPodOptions) {
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
