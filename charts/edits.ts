import { editDaemonSet } from './daemon-set.ts'
import { account, fullname, labels, nameOf, namespace, secretOfTls } from './names.ts'
import { authEnabled, optional, when } from './template.ts'
import type { Path, Template } from './template.ts'

/** What is read here of an object of manifests/. */
export interface KubernetesObject {
  readonly kind: string
  readonly metadata: { readonly name: string; readonly namespace?: string }
  readonly rules?: readonly { readonly resourceNames?: readonly string[] }[]
  readonly roleRef?: { readonly kind: string }
  readonly subjects?: readonly { readonly kind: string }[]
  readonly spec?: { readonly paramRef?: object; readonly template?: PodTemplate }
}

interface PodTemplate {
  readonly metadata?: { readonly annotations?: Readonly<Record<string, string>> }
  readonly spec: PodSpec
}

interface PodSpec {
  readonly containers: readonly {
    readonly name: string
    readonly args: readonly string[]
    readonly env?: readonly { readonly name: string }[]
  }[]
  readonly volumes: readonly { readonly configMap?: { readonly name: string } }[]
}

/** An object of manifests/ on its way into the chart. */
export interface Manifest {
  readonly template: Template
  readonly kind: string
  /** In manifests/. */
  readonly name: string
  readonly object: KubernetesObject
  /** A file of manifests/overlays/, parsed. */
  readonly overlay: (path: string) => unknown
}

const monitor = '.Values.prometheus.monitor'
const rules = '.Values.prometheus.rules'

/** Of those that may be elsewhere, and have labels of their own. */
const values: Readonly<Record<string, string>> = { ServiceMonitor: monitor, PrometheusRule: rules }

export function editMetadata({ template, kind, object }: Manifest): void {
  setName(template, ['metadata', 'name'], kind)
  const own = values[kind]
  const place = own === undefined ? namespace : `default (${namespace}) ${own}.namespace`
  if (object.metadata.namespace !== undefined) template.set(['metadata', 'namespace'], place)
  const all =
    own === undefined ? labels : `include "hostdeps.labelsWith" (dict "top" . "more" ${own}.additionalLabels)`
  template.put(['metadata', 'labels'], all)
}

function setName(template: Template, path: Path, kind: string): void {
  const expression = nameOf(kind, String(template.get(path)))
  if (expression !== null) template.set(path, expression)
}

/** What is made only where the values say so; null for always. */
export function conditionOf({ kind, name }: Manifest): string | null {
  if (kind === 'ServiceAccount') return name === 'hostdeps' ? '.Values.serviceAccount.create' : null
  return conditions[kind] ?? null
}

const conditions: Readonly<Record<string, string>> = {
  ClusterRole: '.Values.rbac.create',
  ClusterRoleBinding: '.Values.rbac.create',
  RoleBinding: '.Values.rbac.create',
  NetworkPolicy: '.Values.networkPolicy.enabled',
  ResourceQuota: '(and .Values.resourceQuota.enabled .Values.priorityClassName)',
  ServiceMonitor: `${monitor}.enabled`,
  PrometheusRule: `${rules}.enabled`,
}

export function editKind(manifest: Manifest): void {
  edits[manifest.kind]?.(manifest)
}

const edits: Readonly<Record<string, (manifest: Manifest) => void>> = {
  DaemonSet: editDaemonSet,
  ServiceAccount({ template, name }) {
    if (name === 'hostdeps')
      template.append(['metadata'], optional('annotations', '.Values.serviceAccount.annotations'))
  },
  ClusterRoleBinding: editBinding,
  RoleBinding: editBinding,
  /** The overlay openshift names its SecurityContextConstraints here. */
  ClusterRole({ template, object }) {
    object.rules?.forEach(({ resourceNames }, rule) =>
      resourceNames?.forEach((_, index) =>
        setName(template, ['rules', rule, 'resourceNames', index], 'SecurityContextConstraints'),
      ),
    )
  },
  ValidatingAdmissionPolicy: confineAccount,
  ValidatingAdmissionPolicyBinding: editParameter,
  MutatingAdmissionPolicyBinding: editParameter,
  ConfigMap({ template, name }) {
    if (name === 'hostdeps')
      template.setLines(['data', 'config.yaml'], 'toYaml (.Values.config | default dict)', '|')
    else template.setLines(['data'], 'toYaml .Values.customChecks')
  },
  ResourceQuota: ({ template }) =>
    template.set(['spec', 'scopeSelector', 'matchExpressions', 0, 'values', 0], '.Values.priorityClassName'),
  NetworkPolicy({ template }) {
    const ports = ['{{- range .Values.networkPolicy.apiServerPorts }}', '- port: {{ . }}', '{{- end }}']
    template.empty(['spec', 'egress', 0, 'ports'])
    template.append(['spec', 'egress', 0, 'ports'], ports)
  },
  ServiceMonitor: editMonitor,
  /** The alerts of what kube-state-metrics says of the DaemonSet. */
  PrometheusRule: ({ template }) =>
    template.replace(/(?<=\b(?:daemonset|created_by_name)=")hostdeps(?=")/g, `{{ ${fullname} }}`),
}

function editBinding({ template, object }: Manifest): void {
  setName(template, ['roleRef', 'name'], object.roleRef?.kind ?? '')
  object.subjects?.forEach(({ kind }, index) => {
    setName(template, ['subjects', index, 'name'], kind)
    template.set(['subjects', index, 'namespace'], namespace)
  })
}

/**
 * The policies of manifests/ match accounts of these names in any namespace, because kustomize changes no expression. Helm does, and
 * an account may have any name here: they match that of this namespace alone. "hostdeps-fix" stays: `fix -o daemonset` has one in a
 * namespace of its own.
 */
function confineAccount({ template, object }: Manifest): void {
  const text = JSON.stringify(object)
  const place = `{{ ${namespace} }}`
  const name = `{{ ${account} }}`
  if (text.includes('[^:]+:hostdeps$')) template.replace(/\[\^:\]\+:hostdeps\$/g, `${place}:${name}$`)
  if (text.includes('[^:]+:hostdeps(-fix)?$'))
    template.replace(/\[\^:\]\+:hostdeps\(-fix\)\?\$/g, `(${place}:${name}|[^:]+:hostdeps-fix)$`)
  if (text.includes("endsWith(':hostdeps')"))
    template.replace(/endsWith\(':hostdeps'\)/g, `endsWith(':${name}')`)
}

/** The gate reads the agents' ConfigMap. */
function editParameter({ template, object }: Manifest): void {
  if (object.spec?.paramRef === undefined) return
  template.set(['spec', 'paramRef', 'name'], fullname)
  template.set(['spec', 'paramRef', 'namespace'], namespace)
}

/** An operation of a JSON patch, "add". */
interface JsonAdd {
  readonly path: string
  readonly value: unknown
}

function editMonitor({ template, overlay }: Manifest): void {
  template.append(
    ['spec'],
    [
      `{{- with ${monitor}.namespace }}`,
      'namespaceSelector:',
      `  matchNames: [{{ include "hostdeps.namespace" $ | quote }}]`,
      '{{- end }}',
    ],
  )
  const endpoint = ['spec', 'endpoints', 0]
  template.set([...endpoint, 'interval'], `${monitor}.interval`)
  template.append(
    [...endpoint, 'relabelings'],
    [`{{- with ${monitor}.relabelings }}`, '{{- toYaml . | nindent INDENT }}', '{{- end }}'],
  )
  template.append(endpoint, optional('metricRelabelings', `${monitor}.metricRelabelings`))
  template.append(endpoint, [
    `{{- with ${monitor}.scrapeTimeout }}`,
    'scrapeTimeout: {{ . | quote }}',
    '{{- end }}',
  ])
  for (const { path, value } of overlay('auth/service-monitor.yaml') as JsonAdd[]) {
    const [key = '', ...place] = path.split('/').slice(1).toReversed()
    const where = place.toReversed().map((part) => (/^\d+$/.test(part) ? Number(part) : part))
    template.append(where, when(authEnabled, { [key]: value }))
  }
  template.replace(...secretOfTls)
  template.replace(/hostdeps\.hostdeps\.svc/g, `{{ ${fullname} }}.{{ ${namespace} }}.svc`)
}
