import { hash } from 'node:crypto'
import { stringify } from 'yaml'
import { conditionType, labelKey, prefix } from '#agent/model/names.ts'
import { plainLine } from '#agent/model/plain.ts'
import { account, fixContainer, fixLabel, fixPod, scriptAnnotation } from './fix-pod.ts'
import type { FixPodOptions } from './fix-pod.ts'

export interface DaemonSetOptions extends Omit<FixPodOptions, 'hasCustom'> {
  /** For whoever reads it: which distributions, and what for. */
  readonly about: readonly string[]
  /** Of hostdeps. */
  readonly version: string
}

/** Its own, so that nothing else of hostdeps is where whoever may create pods is root on every node. */
const namespace = account

/**
 * A manifest of a DaemonSet that comes to each Node on which a check is missing, runs the script there once, and is gone from it when
 * all are ready: its pods go where the labels say so.
 */
export function fixDaemonSet(options: DaemonSetOptions): string {
  const objects = [namespaceObject, accountObject, daemonSet(options)]
  return `${commentsOf(options)}${objects.map((object) => stringify(object, { lineWidth: 0, aliasDuplicateObjects: false })).join('---\n')}`
}

const namespaceObject = {
  apiVersion: 'v1',
  kind: 'Namespace',
  metadata: {
    name: namespace,
    // On all nodes, whatever OpenShift's default is.
    annotations: { 'openshift.io/node-selector': '' },
    labels: { 'pod-security.kubernetes.io/enforce': 'privileged' },
  },
}

const accountObject = {
  apiVersion: 'v1',
  kind: 'ServiceAccount',
  metadata: { name: account, namespace },
  automountServiceAccountToken: false,
}

function daemonSet(options: DaemonSetOptions): object {
  const { checks, image } = options
  const pod = { ...options, hasCustom: false }
  return {
    apiVersion: 'apps/v1',
    kind: 'DaemonSet',
    metadata: { name: account, namespace, labels: fixLabel },
    spec: {
      selector: { matchLabels: fixLabel },
      template: {
        metadata: { labels: fixLabel, annotations: { [scriptAnnotation]: hash('sha256', pod.script) } },
        spec: {
          ...fixPod(pod),
          nodeSelector: { 'kubernetes.io/os': 'linux' },
          affinity: { nodeAffinity: whereMissing(checks) },
          initContainers: [fixContainer(pod)],
          containers: [sleeper(image)],
        },
      },
    },
  }
}

/** Terms are ORed: it is gone when none of the checks is missing. */
function whereMissing(checks: readonly string[]): object {
  return {
    requiredDuringSchedulingIgnoredDuringExecution: {
      nodeSelectorTerms: checks.map((check) => ({
        matchExpressions: [{ key: labelKey(check), operator: 'In', values: ['missing'] }],
      })),
    },
  }
}

/** Until the label turns. In the host's PID namespace it is no init, so SIGTERM ends it. */
function sleeper(image: string): object {
  return {
    name: 'sleep',
    image,
    imagePullPolicy: 'IfNotPresent',
    command: ['sleep', 'infinity'],
    securityContext: {
      runAsNonRoot: true,
      runAsUser: 65_464,
      runAsGroup: 65_464,
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'] },
      seccompProfile: { type: 'RuntimeDefault' },
    },
    resources: { requests: { cpu: '1m', memory: '4Mi' }, limits: { memory: '16Mi' } },
  }
}

function commentsOf({ about, checks, script, version }: DaemonSetOptions): string {
  const taint = `${prefix}not-ready`
  const lines = [
    `Makes ready what nodes lack, by hostdeps ${version}; for those who can change neither the image of their nodes nor their user data.`,
    '',
    ...about.map((line) => `  ${plainLine(line)}`),
    '',
    'On each Node whose label says that one of these checks is missing, also on all that are there now, it runs its script once, as a',
    'unit of the host, asks the checks again, and is gone when the labels say that they are ready. On a Node of another distribution it',
    'fails and changes nothing. Who may create pods in its namespace is root on every node.',
    '',
    'Pods may come to a new Node before it is done. What keeps them off is a taint that the Node has from its start; a controller that',
    'puts one there later comes too late for the first pods. hostdeps never puts a taint on a Node and never takes one away.',
    '',
    '  Karpenter, in the NodePool:   spec.template.spec.startupTaints:',
    `                                  - { key: ${taint}, effect: NoSchedule }`,
    `  a kubelet of your own:        --register-with-taints=${taint}=:NoSchedule`,
    '',
    'It is taken away by what can see that the Node is ready: node-readiness-controller, by a rule on',
    `${checks.map(conditionType).join(', ')}, or whoever runs`,
    '',
    ...checks.map((check) => `  kubectl hostdeps wait --for ${check} NODE &&`),
    `  kubectl taint node NODE ${taint}-`,
    '',
    'The agents of hostdeps and this tolerate every taint; a pod that must not wait for it names it:',
    '',
    '  tolerations:',
    `    - { key: ${taint}, operator: Exists }`,
    '',
    'On OpenShift its account needs a right first: oc adm policy add-scc-to-user privileged',
    `-z ${account} -n ${namespace}`,
    '',
    'The script, as it is in the argument --script:',
    '',
    ...script
      .trimEnd()
      .split('\n')
      .map((line) => (line === '' ? '' : `  ${line}`)),
  ]
  return lines.map((line) => (line === '' ? '#\n' : `# ${line}\n`)).join('')
}
