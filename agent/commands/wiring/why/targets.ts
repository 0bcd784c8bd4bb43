import type { WorkloadType } from '#agent/node/pod-api.ts'
import { UsageError } from '#agent/commands/wiring/errors.ts'

/** What the words of a command line choose. */
export interface Target {
  readonly type: WorkloadType | 'pods'
  /** null for all of the type. */
  readonly names: readonly string[] | null
}

/** kubectl's names for the kinds that have pods. */
const types: Readonly<Record<string, Target['type']>> = {
  pod: 'pods',
  pods: 'pods',
  po: 'pods',
  deployment: 'deployments',
  deployments: 'deployments',
  deploy: 'deployments',
  'deployment.apps': 'deployments',
  'deployments.apps': 'deployments',
  daemonset: 'daemonsets',
  daemonsets: 'daemonsets',
  ds: 'daemonsets',
  'daemonset.apps': 'daemonsets',
  'daemonsets.apps': 'daemonsets',
  statefulset: 'statefulsets',
  statefulsets: 'statefulsets',
  sts: 'statefulsets',
  'statefulset.apps': 'statefulsets',
  'statefulsets.apps': 'statefulsets',
  replicaset: 'replicasets',
  replicasets: 'replicasets',
  rs: 'replicasets',
  'replicaset.apps': 'replicasets',
  'replicasets.apps': 'replicasets',
  job: 'jobs',
  jobs: 'jobs',
  'job.batch': 'jobs',
  'jobs.batch': 'jobs',
}

/** Reads "POD...", "TYPE NAME..." and "TYPE/NAME...", as kubectl has them. */
export function readTargets(words: readonly string[]): readonly Target[] {
  const [first, ...others] = words
  if (first === undefined) return []
  if (words.some((word) => word.includes('/'))) return words.map(readSlashed)
  const type = Object.hasOwn(types, first) ? types[first] : undefined
  if (type === undefined) return [{ type: 'pods', names: words }]
  return [{ type, names: others.length === 0 ? null : others }]
}

function readSlashed(word: string): Target {
  const [kind = '', name = '', ...more] = word.split('/')
  if (name === '' || more.length > 0) throw new UsageError(`"${word}" is no TYPE/NAME`)
  const type = Object.hasOwn(types, kind) ? types[kind] : undefined
  if (type === undefined)
    throw new UsageError(
      `"${kind}" has no pods: use pod, deployment, daemonset, statefulset, replicaset or job`,
    )
  return { type, names: [name] }
}
