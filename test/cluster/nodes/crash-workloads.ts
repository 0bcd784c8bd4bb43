/** What longhorn-manager says where it cannot run iscsiadm, and something that must stay in the log. */
export const canary = 'hunter2-of-the-log'
const line = `nsenter: failed to execute iscsiadm: No such file or directory ${canary}`

const says = (and: string) => ['node', '-e', `console.error(${JSON.stringify(line)}); ${and}`]
const runsOn = 'setInterval(() => {}, 1 << 30)'

/** Of pods that print that line on a node that lacks iscsiadm, or on one that has it, and that are not to be accused. */
export const innocents = [
  pod('own-bug', 'worker-1', { command: ['node', '-e', `console.error('${canary}'); process.exit(1)`] }),
  pod('ends-well', 'worker-1', { command: says('process.exit(0)') }),
  // The kernel ends it.
  pod('out-of-memory', 'worker-1', {
    command: says('const all = []; for (;;) all.push(Buffer.alloc(1 << 20, 1))'),
    resources: { limits: { memory: '96Mi' } },
  }),
  // The kubelet ends it.
  pod('not-alive', 'worker-1', {
    command: says(runsOn),
    livenessProbe: { tcpSocket: { port: 1 }, periodSeconds: 1, failureThreshold: 2 },
  }),
  pod('elsewhere', 'worker-2', { command: says('process.exit(1)') }),
]

/** It prints the line too, and runs. */
export const steady = pod('steady', 'worker-1', { command: says(runsOn) })

function pod(name: string, nodeName: string, container: object) {
  const containers = [{ name: 'main', image: 'localhost/hostdeps:test', ...container }]
  const spec = { nodeName, terminationGracePeriodSeconds: 1, containers }
  return { apiVersion: 'v1', kind: 'Pod', metadata: { name, labels: { app: name } }, spec }
}
