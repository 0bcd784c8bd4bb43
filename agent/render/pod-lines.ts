import { labelKey, prefix } from '#agent/model/names.ts'
import type { Settings } from '#agent/model/report.ts'

/** One way in which a workload waits for a check, as examples/ shows it. */
export interface PodLines {
  readonly title: string
  /** Where the lines go, and what follows. */
  readonly note: string
  readonly yaml: string
}

export interface PodLinesOptions {
  /** The version of hostdeps: the tag of its image. */
  readonly version: string
}

/** The lines by which a pod waits for a check, ready to copy; from the one that stops most to the one that stops least. */
export function podLines(check: string, { version }: PodLinesOptions): readonly PodLines[] {
  return [
    {
      title: 'Only on nodes that are ready',
      note: 'In the spec of the pod or its template. Elsewhere the pod stays Pending; of a DaemonSet, running pods are deleted when the label leaves these values.',
      yaml: affinity(
        `# not-applicable: this host does not need it, so nothing is missing.`,
        `{ key: ${labelKey(check)}, operator: In, values: [ready, not-applicable] }`,
      ),
    },
    {
      title: 'Not on nodes where it is proven missing',
      note: 'For DaemonSets, and for what must not be stopped: it runs on nodes that have not been asked yet, and keeps running when an answer is unknown.',
      yaml: affinity(
        `# NotIn also matches a Node without the label.`,
        `{ key: ${labelKey(check)}, operator: NotIn, values: [missing] }`,
      ),
    },
    {
      title: 'By the gate',
      note: 'In the metadata of the pod or its template, where the gate is installed: it adds the node selector.',
      yaml: ['annotations:', `  ${prefix}requires: ${asText(check)}`].join('\n'),
    },
    {
      title: 'In an initContainer',
      note: 'In the spec. The pod waits in Init, and its log says what is missing. It works for checks that are not published too. Replace the image by that of your agents.',
      yaml: initContainer(check, version),
    },
  ]
}

function affinity(comment: string, expression: string): string {
  return `affinity:
  nodeAffinity:
    requiredDuringSchedulingIgnoredDuringExecution:
      nodeSelectorTerms:
        - matchExpressions:
            ${comment}
            - ${expression}`
}

function initContainer(check: string, version: string): string {
  return `initContainers:
  - name: wait
    image: ghcr.io/hostdeps/hostdeps:${version}
    # The Service reaches the agent on the pod's own node.
    args: [wait, --url, 'http://hostdeps.hostdeps:9465', ${asText(check)}]
    securityContext:
      allowPrivilegeEscalation: false
      capabilities: { drop: [ALL] }
      readOnlyRootFilesystem: true
      runAsNonRoot: true
      seccompProfile: { type: RuntimeDefault }
    resources:
      requests: { cpu: 10m, memory: 48Mi }
      limits: { memory: 96Mi }`
}

/** The line of the config that publishes a check besides the others. */
export function publishLine(check: string, { checks }: Pick<Settings, 'checks'>): string {
  const names = [...checks.filter((name) => name !== check), check]
  return `checks: [${names.map(asText).join(', ')}]`
}

/** Quoted where some reader of YAML takes a name for a number, a date, a truth value or nothing (1.1 does so with `no`). */
function asText(name: string): string {
  const isPlain = /^[a-z]/.test(name) && !/^(y|n|yes|no|on|off|true|false|null)$/.test(name)
  return isPlain ? name : `'${name}'`
}
