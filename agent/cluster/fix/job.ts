import { hash } from 'node:crypto'
import { prefix } from '#agent/model/names.ts'
import { account, fixContainer, fixLabel, fixPod, scriptAnnotation } from './fix-pod.ts'
import type { FixPodOptions } from './fix-pod.ts'

/** Annotations: the node, and by which a caller knows a Job again whose creation was not answered. */
const nodeAnnotation = `${prefix}node`
export const callAnnotation = `${prefix}fix-call`

/** Seconds that a Job which has ended can be looked at. */
const kept = 3_600

export interface JobOptions extends FixPodOptions {
  readonly node: string
  readonly namespace: string
  readonly pullSecrets: readonly string[]
  /** Of this call, and of no other. */
  readonly call: string
  /** Seconds after which the pod is ended; not what it started on the host. */
  readonly deadline: number
}

/** One a node, so that two callers meet. A name of at most 63 characters is the value of a label of its pod too. */
export function jobName(node: string): string {
  const name = `${account}-${node}`
  if (name.length <= 63) return name
  // Before a hyphen no dot may stand: https://kubernetes.io/docs/concepts/overview/working-with-objects/names/
  return `${name.slice(0, 54).replace(/[.-]+$/, '')}-${hash('sha256', node).slice(0, 8)}`
}

/** A Job that runs the script once, on that node and as a unit of the host's own; its pod ends. */
export function fixJob(options: JobOptions): object {
  const { node, namespace, script, pullSecrets, call, deadline } = options
  const annotations = {
    [scriptAnnotation]: hash('sha256', script),
    [nodeAnnotation]: node,
    [callAnnotation]: call,
  }
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name: jobName(node), namespace, labels: fixLabel, annotations },
    spec: {
      backoffLimit: 0,
      activeDeadlineSeconds: deadline,
      ttlSecondsAfterFinished: kept,
      template: {
        metadata: { labels: fixLabel, annotations },
        spec: {
          ...fixPod(options),
          nodeName: node,
          restartPolicy: 'Never',
          imagePullSecrets: pullSecrets.map((name) => ({ name })),
          containers: [fixContainer(options)],
        },
      },
    },
  }
}
