import pLimit from 'p-limit'
import type { DryRun, Outcome } from '#agent/cluster/restart/outcome.ts'
import type { Restart } from '#agent/cluster/restart/verdict.ts'
import { plainLine } from '#agent/model/plain.ts'
import type { ApiRefusal } from '#agent/node/node-api.ts'
import type { PodApi } from '#agent/node/pod-api.ts'

/** Requests at a time. */
const atOnce = 5

/** Deletes each pod as it was seen, and tells what became of it. */
export async function deletePods(
  api: PodApi,
  restarts: readonly Restart[],
  { dryRun, tell }: { readonly dryRun: DryRun; readonly tell: (outcome: Outcome) => void },
): Promise<readonly Outcome[]> {
  return pLimit(atOnce).map([...restarts], async (restart) => {
    const outcome = await deleteOne(api, restart, dryRun)
    tell(outcome)
    return outcome
  })
}

async function deleteOne(api: PodApi, restart: Restart, dryRun: DryRun): Promise<Outcome> {
  if (dryRun === 'client') return { restart, did: 'would delete', message: null }
  const answer = await api.deletePod(restart.pod, { dryRun: dryRun === 'server' })
  if (!answer.ok) return { restart, did: didOf(answer), message: plainLine(answer.message) }
  return { restart, did: dryRun === 'server' ? 'would delete' : 'deleted', message: null }
}

/** What has changed or is gone meanwhile is no longer the pod that was judged. */
function didOf({ status }: ApiRefusal): Outcome['did'] {
  if (status === 409) return 'changed'
  return status === 404 ? 'gone' : 'refused'
}
