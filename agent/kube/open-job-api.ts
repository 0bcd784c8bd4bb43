import type { V1DaemonSet, V1Job } from '@kubernetes/client-node'
import type { ApiAnswer } from '#agent/node/node-api.ts'
import type { AgentImage, FixJob, JobApi } from '#agent/node/job-api.ts'
import type { Connection } from '#agent/kube/access/connection.ts'
import { agentSelector } from './agent-pods.ts'
import { listPages, viewed } from './list-pages.ts'
import { dryRunQuery, openRequests } from './requests.ts'
import { timeOf } from './time-of.ts'

/** The name of the DaemonSet in manifests/; the chart's has the release's. */
const daemonSet = 'hostdeps'

/** The Jobs of the API server that a kubeconfig names, with that user's rights. */
export function openJobApi(connection: Connection): JobApi {
  const requests = openRequests(connection)
  const jobsIn = (namespace: string) => `/apis/batch/v1/namespaces/${encodeURIComponent(namespace)}/jobs`
  const pathOf = (namespace: string, name: string) => `${jobsIn(namespace)}/${encodeURIComponent(name)}`
  return {
    async agentImage(namespace): Promise<ApiAnswer<AgentImage>> {
      const path = `/apis/apps/v1/namespaces/${encodeURIComponent(namespace)}/daemonsets`
      const answer = await requests.readJson<V1DaemonSet>(`${path}/${daemonSet}`)
      if (answer.ok) return viewed(answer.value, agentImageOf)
      if (answer.status !== 404) return answer
      const query = { labelSelector: agentSelector }
      const others = await listPages(requests, { path, query, viewOf: agentImageOf })
      const [first] = others.ok ? others.value.items : []
      return first === undefined ? answer : { ok: true, value: first }
    },
    async createJob(namespace, body, { dryRun }) {
      const write = { method: 'POST', query: dryRunQuery(dryRun), body } as const
      const answer = await requests.write<V1Job>(jobsIn(namespace), write)
      return answer.ok ? viewed(answer.value, fixJobOf) : answer
    },
    async job(namespace, name) {
      const answer = await requests.readJson<V1Job>(pathOf(namespace, name))
      return answer.ok ? viewed(answer.value, fixJobOf) : answer
    },
    async deleteJob(namespace, { name, uid }) {
      const body = { preconditions: { uid }, propagationPolicy: 'Background' }
      const answer = await requests.write(pathOf(namespace, name), { method: 'DELETE', body })
      return answer.ok ? { ok: true, value: null } : answer
    },
  }
}

function agentImageOf({ spec }: V1DaemonSet): AgentImage {
  const { containers = [], imagePullSecrets = [] } = spec?.template.spec ?? {}
  const image = containers.find(({ name }) => name === 'prober')?.image ?? ''
  if (image === '') throw new Error('its DaemonSet has no container named prober')
  return { image, pullSecrets: imagePullSecrets.flatMap(({ name }) => name ?? []) }
}

function fixJobOf({ metadata, status }: V1Job): FixJob {
  const ended = status?.conditions?.find(
    ({ type, status: is }) => is === 'True' && (type === 'Complete' || type === 'Failed'),
  )
  return {
    name: metadata?.name ?? '',
    uid: metadata?.uid ?? '',
    annotations: metadata?.annotations ?? {},
    createdAt: timeOf(metadata?.creationTimestamp) ?? 0,
    state: ended === undefined ? 'running' : ended.type === 'Complete' ? 'succeeded' : 'failed',
    endedAt: ended === undefined ? null : (timeOf(ended.lastTransitionTime) ?? 0),
    reason: ended?.reason ?? '',
  }
}
