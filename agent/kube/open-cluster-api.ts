import { AppsV1Api, CoreV1Api, EventsV1Api, PatchStrategy, setHeaderOptions } from '@kubernetes/client-node'
import type { KubeConfig, V1Node, V1ObjectMeta } from '@kubernetes/client-node'
import type { ClusterApi, LeftBehind } from '#agent/node/cluster-api.ts'
import { prefix, reportingController } from '#agent/model/names.ts'
import { answerOf } from './answer.ts'
import { configurationOf } from './configuration.ts'
import { eventNamespace } from './open-node-api.ts'

/** Nodes per answer; a Node is about 10 KB. */
const page = 500
/** The label of the DaemonSet in manifests/, whatever it is named. */
const agentSelector = 'app.kubernetes.io/name=hostdeps'

/** The API server that a kubeconfig names, with that user's rights. */
export function openClusterApi(config: KubeConfig): ClusterApi {
  const configuration = configurationOf(config)
  const [core, apps] = [new CoreV1Api(configuration), new AppsV1Api(configuration)]
  const events = new EventsV1Api(configuration)
  const asStrategic = setHeaderOptions('Content-Type', PatchStrategy.StrategicMergePatch)
  return {
    leavings: () =>
      answerOf(async () => {
        const all: LeftBehind[] = []
        let next: string | undefined
        do {
          const { items, metadata } = await core.listNode({
            limit: page,
            ...(next !== undefined && { _continue: next }),
          })
          all.push(...items.map(leftBehindOn))
          next = metadata?._continue || undefined
        } while (next !== undefined)
        return all
      }),
    agents: () =>
      answerOf(async () => {
        const selected = { labelSelector: agentSelector }
        const daemonSets = await apps.listDaemonSetForAllNamespaces(selected)
        // A pod in one of these phases runs nothing any more.
        const fieldSelector = 'status.phase!=Succeeded,status.phase!=Failed'
        const pods = await core.listPodForAllNamespaces({ ...selected, fieldSelector })
        return { daemonSets: daemonSets.items.map(nameOf), pods: pods.items.map(nameOf) }
      }),
    clean: (leavings, { dryRun }) =>
      answerOf(async () => {
        const request = { name: leavings.node, body: deletionOf(leavings), ...(dryRun && { dryRun: 'All' }) }
        await core.patchNodeStatus(request, asStrategic)
        return null
      }),
    forgetEvents: ({ dryRun }) =>
      answerOf(async () => {
        const fieldSelector = `reportingController=${reportingController}`
        const ours = { namespace: eventNamespace, fieldSelector }
        const { items } = await events.listNamespacedEvent(ours)
        if (items.length === 0) return 0
        await events.deleteCollectionNamespacedEvent({ ...ours, ...(dryRun && { dryRun: 'All' }) })
        return items.length
      }),
  }
}

function nameOf({ metadata }: { metadata?: V1ObjectMeta }): string {
  return `${metadata?.namespace}/${metadata?.name}`
}

function leftBehindOn({ metadata, status }: V1Node): LeftBehind {
  const ours = (keys: readonly string[]) => keys.filter((key) => key.startsWith(prefix))
  return {
    node: metadata?.name ?? '',
    labels: ours(Object.keys(metadata?.labels ?? {})),
    annotations: ours(Object.keys(metadata?.annotations ?? {})),
    conditions: ours((status?.conditions ?? []).map(({ type }) => type)),
  }
}

/** An empty apply would leave what other field managers wrote under our prefix; this removes all of it. */
function deletionOf({ labels, annotations, conditions }: LeftBehind) {
  const nothing = (keys: readonly string[]) => Object.fromEntries(keys.map((key) => [key, null]))
  return {
    metadata: { labels: nothing(labels), annotations: nothing(annotations) },
    status: { conditions: conditions.map((type) => ({ type, $patch: 'delete' })) },
  }
}
