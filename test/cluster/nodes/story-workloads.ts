import type { TestHost } from '../../hosts/nspawn.ts'

/**
 * What longhorn-manager does at its start, in the same words: it runs iscsiadm on the host, and ends when that cannot be
 * done. https://github.com/longhorn/longhorn/issues/2166
 */
const environmentCheck = `
const { spawnSync } = require('node:child_process')
const argv = ['--mount=/host/proc/1/ns/mnt', '--net=/host/proc/1/ns/net', 'iscsiadm', '--version']
const { status, stdout, stderr } = spawnSync('nsenter', argv, { encoding: 'utf8' })
if (status === 0) {
  console.log(stdout)
  setInterval(() => {}, 1 << 30)
} else {
  console.log('level=error msg="Failed environment check, please make sure you have iscsiadm/open-iscsi installed on the host"')
  console.log('level=fatal msg="Error starting manager: environment check failed: failed to execute: nsenter [' + argv.join(' ') + '], output ' + stderr.trim() + ', error exit status ' + status + '"')
  process.exit(1)
}
`

const agentImage = 'localhost/hostdeps:test'
/** The same image under a name that the gate knows. */
export const managerImage = 'localhost/longhornio/longhorn-manager:test'

export function nameAsManager(host: TestHost) {
  return host.exec(['ctr', '-n', 'k8s.io', 'images', 'tag', agentImage, managerImage])
}

/** A privileged DaemonSet on all nodes; `requires` is what its pods ask of the gate. */
export function longhornStandIn(
  name: string,
  { requires, image = agentImage }: { requires?: string; image?: string } = {},
) {
  const container = {
    name: 'manager',
    image,
    command: ['node', '-e', environmentCheck],
    securityContext: { privileged: true, runAsUser: 0 },
    volumeMounts: [{ name: 'proc', mountPath: '/host/proc' }],
  }
  const spec = {
    terminationGracePeriodSeconds: 0,
    containers: [container],
    volumes: [{ name: 'proc', hostPath: { path: '/proc' } }],
  }
  return templated('DaemonSet', name, { spec, annotations: asking(requires) })
}

function asking(requires: string | undefined): Record<string, string> {
  return requires === undefined ? {} : { 'hostdeps.dev/requires': requires }
}

export function onReadyNodes(name: string, replicas: number) {
  const expression = { key: 'hostdeps.dev/open-iscsi', operator: 'In', values: ['ready'] }
  const required = { nodeSelectorTerms: [{ matchExpressions: [expression] }] }
  const affinity = { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: required } }
  return templated('Deployment', name, { replicas, spec: { ...sleeping, affinity } })
}

/** As longhorn-manager makes its instance managers: put on a node by its name, and not begun again. */
export function placedPod(nodeName: string, { name, requires }: { name: string; requires?: string }) {
  const container = {
    name: 'main',
    image: managerImage,
    command: ['node', '-e', 'setInterval(() => {}, 1 << 30)'],
  }
  const spec = { nodeName, restartPolicy: 'Never', terminationGracePeriodSeconds: 0, containers: [container] }
  const metadata = { name, labels: { app: name }, annotations: asking(requires) }
  return { apiVersion: 'v1', kind: 'Pod', metadata, spec }
}

export function waitingPod(name: string, nodeName: string, serviceAddress: string) {
  const args = ['wait', '--url', `http://${serviceAddress}:9465`, 'open-iscsi']
  const init = { name: 'wait', image: agentImage, args }
  const spec = { ...sleeping, nodeName, initContainers: [init] }
  return { apiVersion: 'v1', kind: 'Pod', metadata: { name, labels: { app: name } }, spec }
}

const sleeping = {
  terminationGracePeriodSeconds: 0,
  containers: [{ name: 'main', image: 'localhost/busybox:test' }],
}

interface Template {
  readonly replicas?: number
  readonly spec: object
  readonly annotations?: Readonly<Record<string, string>>
}

function templated(kind: string, name: string, { replicas, spec, annotations = {} }: Template) {
  const labels = { app: name }
  const template = { metadata: { labels, annotations }, spec }
  const count = replicas === undefined ? {} : { replicas }
  return {
    apiVersion: 'apps/v1',
    kind,
    metadata: { name },
    spec: { ...count, selector: { matchLabels: labels }, template },
  }
}
