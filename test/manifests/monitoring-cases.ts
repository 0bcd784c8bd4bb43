import { spawnKinds } from '#agent/model/spawns.ts'
import { states } from '#agent/model/state.ts'

interface Firing {
  readonly labels: Readonly<Record<string, string>>
  readonly summary: string
}

const agent = (node: string, severity = 'warning') => ({ job: 'hostdeps', node, severity })
const pods = { namespace: 'hostdeps', severity: 'warning' }

/** By alert: of which nodes of test/manifests/scraped-cluster.ts it tells what. */
export const alerts: Readonly<Record<string, readonly Firing[]>> = {
  HostdepsCheckMissing: [
    {
      labels: { ...agent('worker-2'), check: 'open-iscsi', state: 'missing' },
      summary: 'worker-2 is missing what open-iscsi needs',
    },
  ],
  HostdepsContainersCrash: [
    {
      labels: { ...agent('worker-2'), check: 'open-iscsi' },
      summary: 'containers that crash on worker-2: 1; the host lacks what open-iscsi needs',
    },
  ],
  HostdepsCheckUnknown: [
    {
      labels: { ...agent('worker-2'), check: 'nfs-client', state: 'unknown' },
      summary: 'it is unknown whether worker-2 has what nfs-client needs',
    },
  ],
  HostdepsAgentDown: [
    {
      labels: agent('worker-4'),
      summary: 'the agent of worker-4 does not answer; the labels of its Node may be old',
    },
  ],
  HostdepsAgentAbsent: [
    {
      labels: {
        ...pods,
        pod: 'hostdeps-5',
        node: 'worker-5',
        created_by_kind: 'DaemonSet',
        created_by_name: 'hostdeps',
      },
      summary: 'the agent of worker-5 has not come up; the labels of its Node may be old',
    },
  ],
  HostdepsPodsAbsent: [
    {
      labels: { ...pods, daemonset: 'hostdeps' },
      summary: 'nodes without a pod of the DaemonSet hostdeps: 1',
    },
  ],
  HostdepsGone: [
    {
      labels: { job: 'hostdeps', severity: 'warning' },
      summary: 'Prometheus finds no hostdeps agent',
    },
  ],
  HostdepsReportStale: [{ labels: agent('worker-3'), summary: 'the prober on worker-3 writes no rounds' }],
  HostdepsNotPublished: [
    { labels: agent('worker-3'), summary: 'the agent on worker-3 cannot publish to its Node' },
  ],
  HostdepsUnconfined: [
    {
      labels: agent('worker-3', 'critical'),
      summary: 'the token of the agent on worker-3 is not confined',
    },
  ],
  HostdepsConfigInvalid: [
    {
      labels: agent('worker-3'),
      summary: 'the hostdeps config is invalid; the last valid settings stay in use on worker-3',
    },
  ],
  HostdepsChecksCut: [
    {
      labels: agent('worker-3'),
      summary: 'the report of worker-3 is too large: something is left out of 7 checks',
    },
  ],
}

const missing =
  'check="open-iscsi",title="iSCSI initiator (open-iscsi)",reason="BinaryNotFound",published="true"'
const checks = ['kubernetes-node', 'open-iscsi', 'nfs-client', 'time-sync', 'gpu']
const nodes = ['worker-1', 'worker-2', 'worker-3']
const each = (value: number) => Object.fromEntries(nodes.map((node) => [`{node="${node}"}`, value]))

/** By panel: the samples it is drawn of; null where they are those of the series of its name as they are. */
export const panels: Readonly<Record<string, Readonly<Record<string, number>> | null>> = {
  'Nodes with an agent': { '{}': 3 },
  'Published checks that are missing': { '{}': 1 },
  'Published checks that are unknown': { '{}': 6 },
  'Agents that are not confined': { '{}': 1 },
  'What is missing, and where': { [`hostdeps_check_info{job="hostdeps",node="worker-2",${missing}}`]: 1 },
  'Nodes that are ready, by check': {
    '{check="kubernetes-node"}': 2,
    '{check="open-iscsi"}': 1,
    '{check="nfs-client"}': 1,
    '{check="time-sync"}': 2,
    '{check="gpu"}': 1,
  },
  'Seconds since the newest round': each(12),
  'Publishes that failed, per hour': each(0),
  'Memory of the server': null,
  'Changes of state per day, by check': Object.fromEntries(
    checks.flatMap((check) => states.map((state) => [`{check="${check}",state="${state}"}`, 0])),
  ),
  'Changes taken back per day, by check': Object.fromEntries(
    checks.map((check) => [`{check="${check}"}`, 0]),
  ),
  'Programs started per minute, by kind': Object.fromEntries(
    spawnKinds.map((kind) => [`{kind="${kind}"}`, 0]),
  ),
  'HTTP requests per second, by route and code': {
    '{code="200",route="/ready/:name"}': 0,
    '{code="503",route="/ready/:name"}': 0,
  },
}
