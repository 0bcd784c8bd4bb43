import { imagePattern } from '#agent/model/image.ts'
import { labelKey, noCheck, prefix } from '#agent/model/names.ts'
import type { Workload } from './known-workloads.ts'
import { publishedVariables } from './published.ts'
import type { Variable } from './published.ts'

const annotation = `${prefix}requires`

/** Characters. The names of all checks that may be published have 4,000. */
const longestAnnotation = 4_096
const isShort = `variables.asked.size() <= ${longestAnnotation}`
const tooLong = `${annotation} is longer than ${longestAnnotation} characters`

/** Turns the annotation into node selectors, for the published checks. */
export function requiresPolicy() {
  const asked = `object.metadata.annotations['${annotation}']`
  return selectorPolicy('hostdeps-gate-requires', {
    conditions: [{ name: 'asks', expression: `${annotationOf('object')} != ''` }],
    variables: [
      {
        name: 'names',
        expression: `${namesIn(asked)}.filter(name, name != '${noCheck}' && name in variables.published)`,
      },
    ],
  })
}

/** Adds the node selectors of their checks to known workloads, whatever the registry and version of their image. */
export function workloadsPolicy(workloads: readonly Workload[]) {
  const lines = workloads.map(
    ({ image, checks }) => `  {'image': [r'${imagePattern([image])}'], 'checks': ${listOf(checks)}}`,
  )
  return selectorPolicy('hostdeps-gate-workloads', {
    conditions: [
      {
        name: 'is-known',
        expression: hasImage(`r'${imagePattern(workloads.map(({ image }) => image))}'`),
      },
      {
        name: 'does-not-say-itself',
        expression: `!('${annotation}' in object.metadata.?annotations.orValue({}))`,
      },
      // Jobs that install, upgrade or remove a workload often use its image, and run on any node.
      { name: 'is-no-job', expression: `!${ownersOf('object')}.exists(owner, owner.kind == 'Job')` },
    ],
    variables: [
      {
        name: 'workloads',
        expression: `[\n${lines.join(',\n')}\n].filter(workload, ${hasImage('workload.image[0]')})`,
      },
      // The workload's own check, which comes first; if that is not published, the others that are.
      {
        name: 'names',
        expression: `variables.published.filter(name, variables.workloads.exists(workload,
  workload.checks[0] in variables.published ? name == workload.checks[0] : name in workload.checks))`,
      },
    ],
  })
}

function hasImage(pattern: string): string {
  const isOfIt = `one.?image.orValue('').matches(${pattern})`
  return `(object.spec.containers.exists(one, ${isOfIt})
  || object.spec.?initContainers.orValue([]).exists(one, ${isOfIt}))`
}

/** Adds the node selectors for the variable "names" to a new pod. */
function selectorPolicy(
  name: string,
  { conditions, variables }: { conditions: readonly Variable[]; variables: readonly Variable[] },
) {
  const path = `'/spec/nodeSelector/' + jsonpatch.escapeKey('${labelKey('')}' + name)`
  const expression = `(has(object.spec.nodeSelector) || variables.names.size() == 0
  ? [] : [JSONPatch{op: 'add', path: '/spec/nodeSelector', value: {}}])
  + variables.names.map(name, JSONPatch{op: 'add', path: ${path}, value: 'ready'})`
  return policy('MutatingAdmissionPolicy', name, {
    reinvocationPolicy: 'IfNeeded',
    matchConstraints: { resourceRules: [rule('', { resources: ['pods'], operations: ['CREATE'] })] },
    // A pod that sets nodeName is not scheduled, and the kubelet ends it when its selector does not match.
    matchConditions: [
      ...conditions,
      { name: 'is-scheduled', expression: "object.spec.?nodeName.orValue('') == ''" },
    ],
    variables: [...publishedVariables(), ...variables],
    mutations: [{ patchType: 'JSONPatch', jsonPatch: { expression } }],
  })
}

/** Refuses a name that is not published where a person writes it: it would keep no pod off, and nobody would know. */
export function namesPolicy() {
  return annotationPolicy('hostdeps-gate-names', [
    {
      expression: 'variables.unknown.size() == 0 || !variables.isNew',
      message: `${annotation} names a check that hostdeps does not publish`,
      messageExpression: 'variables.unknownNames',
    },
    { expression: `${isShort} || !variables.isNew`, message: tooLong },
  ])
}

/** Warns where rejecting would be wrong: a change of the config must stop neither what was right before nor what controllers create. */
export function warningsPolicy() {
  return annotationPolicy('hostdeps-gate-warnings', [
    {
      expression: 'variables.unknown.size() == 0 || variables.isNew',
      message: `${annotation} names a check that hostdeps does not publish; no pod is kept off for that`,
      messageExpression: "variables.unknownNames + '; no pod is kept off for that'",
    },
    { expression: `${isShort} || variables.isNew`, message: `${tooLong}; no pod is kept off for it` },
    {
      expression: 'variables.readable',
      messageExpression: `'the gate cannot read ' + variables.configMap + ', so ${annotation} keeps no pod off'`,
    },
    {
      expression: "variables.template.spec.?nodeName.orValue('') == ''",
      message: `${annotation} does not work for pods that set nodeName`,
    },
  ])
}

interface Validation {
  readonly expression: string
  readonly message?: string
  readonly messageExpression?: string
}

/** Looks at the annotation in pods and in the objects that create pods. */
function annotationPolicy(name: string, validations: readonly Validation[]) {
  const operations = ['CREATE', 'UPDATE']
  const resourceRules = [
    rule('', { resources: ['pods'], operations: ['CREATE'] }),
    rule('apps', { resources: ['deployments', 'statefulsets', 'daemonsets', 'replicasets'], operations }),
    rule('batch', { resources: ['jobs', 'cronjobs'], operations }),
  ]
  return policy('ValidatingAdmissionPolicy', name, {
    matchConstraints: { resourceRules },
    matchConditions: [
      { name: 'asks', expression: `${annotationOf(templateOf('object'))} != ''` },
      // Its finalizers must come off, whatever the annotation says.
      { name: 'is-not-being-deleted', expression: '!has(object.metadata.deletionTimestamp)' },
    ],
    variables: [...publishedVariables(), ...annotationVariables],
    validations,
  })
}

/** The pod itself, or the template of its pods. Untyped, since the objects are of several kinds. */
function templateOf(object: string): string {
  const spec = `dyn(${object}).spec`
  return `(has(${spec}.jobTemplate) ? ${spec}.jobTemplate.spec.template
  : has(${spec}.template) ? ${spec}.template : dyn(${object}))`
}

function annotationOf(template: string): string {
  return `${template}.?metadata.?annotations[?'${annotation}'].orValue('')`
}

/** Names separated by commas and blanks. One search finds them all, because building a list item by item takes quadratic time. */
function namesIn(text: string): string {
  return `(${text}.size() > ${longestAnnotation} ? '' : ${text}).findAll(r'[^,\\s](?:[^,]*[^,\\s])?')`
}

function ownersOf(object: string): string {
  return `${object}.metadata.?ownerReferences.orValue([])`
}

const annotationVariables: readonly Variable[] = [
  { name: 'template', expression: templateOf('object') },
  { name: 'asked', expression: annotationOf('variables.template') },
  // No controller created it, and the annotation is new.
  {
    name: 'isNew',
    expression: `!${ownersOf('object')}.exists(owner, owner.?controller.orValue(false))
  && (oldObject == null || variables.asked != ${annotationOf(templateOf('oldObject'))})`,
  },
  {
    name: 'unknown',
    expression: `!variables.readable ? []
  : ${namesIn('variables.asked')}.filter(name, name != '${noCheck}' && !(name in variables.published))`,
  },
  {
    name: 'configMap',
    expression: "'the ConfigMap ' + params.metadata.name + ' of ' + params.metadata.namespace",
  },
  {
    name: 'unknownNames',
    expression: `'${annotation} names ' + variables.unknown.join(', ') + ', which hostdeps does not publish; '
  + (variables.labels
    ? 'it publishes ' + (variables.published.size() == 0 ? 'nothing' : variables.published.join(', ')) + ' (add it to "checks" in ' + variables.configMap
      + '; "hostdeps checks list" prints the names)'
    : 'it publishes no labels (publish.labels is false in ' + variables.configMap + ')')`,
  },
]

/** A policy on the agents' ConfigMap, which says what is published. A policy that cannot be evaluated stops nothing. */
function policy(kind: string, name: string, spec: object) {
  const paramKind = { apiVersion: 'v1', kind: 'ConfigMap' }
  return {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind,
    metadata: { name },
    spec: { failurePolicy: 'Ignore', paramKind, ...spec },
  }
}

function rule(group: string, { resources, operations }: { resources: string[]; operations: string[] }) {
  return { apiGroups: [group], apiVersions: ['v1'], operations, resources }
}

function listOf(names: readonly string[]): string {
  return `[${names.map((name) => `'${name}'`).join(', ')}]`
}
