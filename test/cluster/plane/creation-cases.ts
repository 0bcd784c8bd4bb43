import { dryRun, event, nodeOf, nodes } from './admission-calls.ts'
import { applyPatch } from './api-client.ts'
import type { ApiCall } from './api-client.ts'

/** By what is tried. */
type Calls = Readonly<Record<string, ApiCall>>

const labels = { app: 'test' }

/** Root on the node: what the rights to create all of the below come to. */
const pod = {
  nodeName: 'worker-1',
  hostPID: true,
  restartPolicy: 'Never',
  tolerations: [{ operator: 'Exists' }],
  containers: [{ name: 'main', image: 'example.com/none', securityContext: { privileged: true } }],
}
/** Of a controller that keeps its pods running. */
const kept = { metadata: { labels }, spec: { ...pod, restartPolicy: 'Always' } }
const job = { backoffLimit: 0, template: { spec: { ...pod, serviceAccountName: 'hostdeps-fix' } } }

/** Each makes pods, takes another's name or right, or acts on pods, in one namespace. */
export function creations(namespace: string): Calls {
  const post = (prefix: string, kind: string, spec: object) => create({ prefix, namespace, kind, spec })
  const of = (path: string, body: object): ApiCall => ({
    method: 'POST',
    path: `/api/v1/namespaces/${namespace}/${path}`,
    body,
  })
  const selected = { selector: { matchLabels: labels }, template: kept }
  const token = { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec: {} }
  const roleRef = { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'cluster-admin' }
  const applied = create({ prefix: '/apis/batch/v1', namespace, kind: 'Job', spec: job })
  return {
    'a Pod': post('/api/v1', 'Pod', pod),
    'a ReplicationController': post('/api/v1', 'ReplicationController', { selector: labels, template: kept }),
    'a Deployment': post('/apis/apps/v1', 'Deployment', selected),
    'a ReplicaSet': post('/apis/apps/v1', 'ReplicaSet', selected),
    'a DaemonSet': post('/apis/apps/v1', 'DaemonSet', selected),
    'a StatefulSet': post('/apis/apps/v1', 'StatefulSet', { ...selected, serviceName: 'test' }),
    'a Job': newJob(namespace),
    'a CronJob': post('/apis/batch/v1', 'CronJob', { schedule: '* * * * *', jobTemplate: { spec: job } }),
    'a Job by an apply': {
      ...applied,
      method: 'PATCH',
      path: `${applied.path}/test?fieldManager=test`,
      type: applyPatch,
    },
    'a Lease by an update': {
      method: 'PUT',
      path: `/apis/coordination.k8s.io/v1/namespaces/${namespace}/leases/test`,
      body: { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', metadata: { name: 'test' } },
    },
    'the eviction of a pod': of('pods/placed/eviction', {
      apiVersion: 'policy/v1',
      kind: 'Eviction',
      metadata: { name: 'placed' },
    }),
    'the binding of a pod': of('pods/waiting/binding', {
      metadata: { name: 'waiting' },
      target: { kind: 'Node', name: 'worker-1' },
    }),
    'a token of another account': of('serviceaccounts/default/token', token),
    "a token of the agents' account": of('serviceaccounts/hostdeps/token', token),
    'a service account': of('serviceaccounts', { metadata: { name: 'test' } }),
    'an object of a kind that came later': {
      method: 'POST',
      path: `/apis/example.com/v1/namespaces/${namespace}/tests`,
      body: { apiVersion: 'example.com/v1', kind: 'Test', metadata: { name: 'test' } },
    },
    'a RoleBinding': {
      method: 'POST',
      path: `/apis/rbac.authorization.k8s.io/v1/namespaces/${namespace}/rolebindings`,
      body: {
        metadata: { name: 'test' },
        roleRef,
        subjects: [{ kind: 'ServiceAccount', name: 'default', namespace }],
      },
    },
  }
}

/** A controller of somebody else's may make pods of such an object. */
export const laterKind = {
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: 'tests.example.com' },
  spec: {
    group: 'example.com',
    scope: 'Namespaced',
    names: { kind: 'Test', plural: 'tests' },
    versions: [{ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: { type: 'object' } } }],
  },
}

/** As the command that fixes a node makes one. */
export function newJob(namespace: string): ApiCall {
  return create({ prefix: '/apis/batch/v1', namespace, kind: 'Job', spec: job })
}

/** What agents may create and the account of fixes may not. */
export const ofAgents: Calls = {
  'an event': event({ regarding: 'worker-1' }),
  'a Node': { method: 'POST', path: nodes, body: nodeOf('worker-3') },
}

/** What an account of ours may create if it has the right, since admission is not asked. */
export const beyondPolicies: Calls = {
  'a review of oneself': {
    method: 'POST',
    path: '/apis/authentication.k8s.io/v1/selfsubjectreviews',
    body: { apiVersion: 'authentication.k8s.io/v1', kind: 'SelfSubjectReview' },
  },
  'the review of a token': {
    method: 'POST',
    path: '/apis/authentication.k8s.io/v1/tokenreviews',
    body: { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenReview', spec: { token: 'none' } },
  },
  'the review of a right': {
    method: 'POST',
    path: '/apis/authorization.k8s.io/v1/subjectaccessreviews',
    body: {
      apiVersion: 'authorization.k8s.io/v1',
      kind: 'SubjectAccessReview',
      spec: { user: 'anna', nonResourceAttributes: { path: '/ready/gpu', verb: 'get' } },
    },
  },
  'an admission policy': dryRun({
    method: 'POST',
    path: '/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicybindings',
    body: { metadata: { name: 'test' }, spec: { policyName: 'test', validationActions: ['Deny'] } },
  }),
}

/** Tried until it is denied: a policy is in force some moments after it was made, and so are rights. */
export const probe = dryRun(newJob('default'))

interface Created {
  /** Of the path, and the apiVersion. */
  readonly prefix: string
  readonly namespace: string
  readonly kind: string
  readonly spec: object
}

function create({ prefix, namespace, kind, spec }: Created): ApiCall {
  const apiVersion = prefix.replace(/^\/apis?\//, '')
  const path = `${prefix}/namespaces/${namespace}/${kind.toLowerCase()}s`
  return { method: 'POST', path, body: { apiVersion, kind, metadata: { name: 'test' }, spec } }
}
