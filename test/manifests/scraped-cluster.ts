import { startHttp } from '#agent/http/start-http.ts'
import type { PublishStatus } from '#agent/model/report.ts'
import { crash, fakeSource, makeReport, readyIscsi } from '../http/report-fixture.ts'
import type { FakeSource } from '../http/report-fixture.ts'
import { publishStatus, settingsWith } from '../model/settings.ts'

interface Agent {
  readonly source: FakeSource
  readonly publishing?: Partial<PublishStatus>
}

/** What agents have to tell, by node. Two more nodes have one that does not answer (worker-4), and one that never came up. */
const agents: Readonly<Record<string, Agent>> = {
  'worker-1': {
    source: fakeSource(makeReport({ 'open-iscsi': readyIscsi, 'nfs-client': { state: 'ready' } })),
  },
  'worker-2': {
    source: fakeSource({
      ...makeReport({ gpu: { state: 'missing', isPublished: false } }),
      crashes: [crash({ checks: ['open-iscsi'] })],
    }),
  },
  'worker-3': {
    source: Object.assign(fakeSource(troubled()), { stalled: 'too long ago' }),
    publishing: { trouble: 'the API server does not answer', policyEnforced: false },
  },
}

/** As kube-state-metrics tells the agents' pods: one node has none yet. */
const ofState = [
  ...[1, 2, 3, 4, 5].map((n) => podInfo(`hostdeps-${n}`, 'hostdeps', `worker-${n}`)),
  podInfo('other-1', 'other', 'worker-6'),
  podInfo('hostdeps-6', 'hostdeps', ''),
  `kube_daemonset_status_desired_number_scheduled{namespace="hostdeps",daemonset="hostdeps"} 7`,
  `kube_daemonset_status_current_number_scheduled{namespace="hostdeps",daemonset="hostdeps"} 6`,
]

/** Series as Prometheus has them, with the labels of its target: a line each, of what real servers answer at /metrics. */
export async function scrapeCluster(): Promise<string[]> {
  const scraped = Object.entries(agents).map(async ([node, agent]) => {
    const lines = (await scrape(agent)).split('\n').filter((line) => line.startsWith('hostdeps_'))
    return [...lines.map((line) => withTarget(line, node)), `up{job="hostdeps",node="${node}"} 1`]
  })
  return [...(await Promise.all(scraped)).flat(), 'up{job="hostdeps",node="worker-4"} 0', ...ofState]
}

async function scrape({ source, publishing }: Agent): Promise<string> {
  const status = { ...publishStatus(null), policyEnforced: true, ...publishing }
  const server = await startHttp({ source, host: '127.0.0.1', port: 0, publishing: () => status })
  try {
    return await (await fetch(`${server.address}/metrics`)).text()
  } finally {
    await server.close()
  }
}

/** What the ServiceMonitor gives each series; a label of the same name is kept under another. */
function withTarget(line: string, node: string): string {
  const [, name = '', labels = '', value = ''] = /^(\w+)(?:\{(.*)\})? (\S+)$/.exec(line) ?? []
  const own = labels === '' ? [] : [labels.replace(/(^|,)node=/, '$1exported_node=')]
  return `${name}{${[`job="hostdeps",node="${node}"`, ...own].join(',')}} ${value}`
}

function troubled() {
  const report = makeReport({ 'open-iscsi': readyIscsi })
  const probing = { ...report.probing, cut: 7 }
  return { ...report, probing, settings: settingsWith({ mistakes: ['config.yaml:1 is wrong'] }) }
}

function podInfo(pod: string, owner: string, node: string): string {
  const created = `created_by_kind="DaemonSet",created_by_name="${owner}"`
  return `kube_pod_info{namespace="hostdeps",pod="${pod}",node="${node}",${created}} 1`
}
