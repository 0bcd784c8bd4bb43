import { plainLine } from '#agent/model/plain.ts'
import type { DryRun, Outcome, RestartPlan } from './outcome.ts'
import { podName } from './render-plan.ts'

/** What became of one pod, as kubectl says it. */
export function outcomeLine({ restart, did, message }: Outcome, dryRun: DryRun): string {
  const how = dryRun === 'none' ? '' : ` (${dryRun} dry run)`
  const says = {
    deleted: 'deleted',
    'would delete': 'would be deleted',
    changed: 'has changed meanwhile, and is left alone',
    gone: 'is gone meanwhile',
    refused: `is not deleted: ${message}`,
    'not confirmed': 'is not deleted',
  } as const satisfies Record<Outcome['did'], string>
  return plainLine(`pod ${podName(restart.pod)} ${says[did]}${how}`)
}

/** The whole for programs. `ready` says whether the replacements are; null when nobody waited. */
export function renderRestartJson(
  { left, notes, lacking }: RestartPlan,
  outcomes: readonly Outcome[],
  { dryRun, ready }: { readonly dryRun: DryRun; readonly ready: boolean | null },
): string {
  const pods = outcomes.map(({ restart: { pod, check, since, ground }, did, message }) => ({
    ...named(pod),
    uid: plainLine(pod.uid),
    check,
    since,
    ground,
    did,
    message,
  }))
  const stay = left.map(({ pod, code, says }) => ({ ...named(pod), code, says }))
  return `${JSON.stringify({ v: 1, dryRun, ready, pods, left: stay, notes, lacking }, null, 2)}\n`
}

function named({ namespace, name, node }: Outcome['restart']['pod']) {
  return {
    namespace: plainLine(namespace),
    name: plainLine(name),
    node: node === null ? null : plainLine(node),
  }
}
