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
const agents = {
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
} satisfies Readonly<Record<string, Agent>>

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
    const lines = (await scrape(agent)).split('\n').filter((line) => /^\w/.test(line))
    return [...lines.map((line) => withTarget(line, node)), `up{job="hostdeps",node="${node}"} 1`]
  })
  return [...(await Promise.all(scraped)).flat(), 'up{job="hostdeps",node="worker-4"} 0', ...ofState]
}

/** What the agent with the most to tell answers at /metrics, in the format of this type. */
export function scrapeOne(accept: string): Promise<string> {
  return scrape(agents['worker-2'], accept)
}

async function scrape({ source, publishing }: Agent, accept = '*/*'): Promise<string> {
  const status = { ...publishStatus(null), policyEnforced: true, ...publishing }
  const server = await startHttp({ source, host: '127.0.0.1', port: 0, publishing: () => status })
  const get = async (path: string) => (await fetch(server.address + path, { headers: { accept } })).text()
  try {
    await get('/ready/kubernetes-node')
    return await get('/metrics')
  } finally {
    await server.close()
  }
}

/** What the ServiceMonitor gives each series. */
function withTarget(line: string, node: string): string {
  const [, name = '', labels = '', value = ''] = /^(\w+)(?:\{(.*)\})? (\S+)$/.exec(line) ?? []
  return `${name}{${[`job="hostdeps",node="${node}"`, ...(labels === '' ? [] : [labels])].join(',')}} ${value}`
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
