import { setTimeout as sleep } from 'node:timers/promises'
import { awaitReplacements, progressOfReplacements } from '#agent/cluster/restart/replacements.ts'
import type { ClusterPod, PodApi } from '#agent/node/pod-api.ts'
import { openTroubles } from '#agent/commands/wiring/nodes/watch-nodes.ts'

/** Milliseconds between looks. */
const pollEach = 2_000

export interface PodsAwaited {
  readonly deleted: readonly ClusterPod[]
  /** uids of the pods that were there before. */
  readonly before: ReadonlySet<string>
  readonly labels: string | null
  /** Milliseconds. */
  readonly timeout: number
  readonly tell: (line: string) => void
}

/** Waits until what came for the deleted pods is Ready; false when the time is over. */
export async function waitForPods(api: PodApi, awaited: PodsAwaited): Promise<boolean> {
  const { deleted, before, labels, timeout, tell } = awaited
  const wanted = awaitReplacements(deleted)
  const namespaces = [...new Set(deleted.map(({ namespace }) => namespace))]
  const end = performance.now() + timeout
  const troubled = openTroubles()
  const told = new Map<string, string>()
  for (;;) {
    const answers = await Promise.all(namespaces.map((namespace) => api.pods({ namespace, labels })))
    for (const answer of answers) if (!answer.ok) troubled(answer)
    const pods = answers.flatMap((answer) => (answer.ok ? answer.value : []))
    const all = wanted.map((one) => ({ one, now: progressOfReplacements(one, pods, before) }))
    if (answers.every(({ ok }) => ok)) {
      for (const { one, now } of all) {
        const key = `${one.of} ${one.node}`
        if (told.get(key) !== now.says) tell(now.says)
        told.set(key, now.says)
      }
      if (all.every(({ now }) => now.isThere)) return true
    }
    const rest = end - performance.now()
    if (rest <= 0) return false
    await sleep(Math.min(pollEach, rest))
  }
}
