import { writeFileSync } from 'node:fs'
import { load } from '../agent/catalog/load.ts'
import type { Check } from '../agent/model/check.ts'

/** Where what is generated from the checks stands. */
export const workloadsPolicy = new URL('overlays/gate/workloads-policy.yaml', import.meta.url).pathname

/** The policy that knows workloads by their images. */
export function renderWorkloadsPolicy(checks: readonly Check[]): string {
  const known = checks.flatMap(({ name, images }) => images.map((image) => [inFull(image), name] as const))
  const lines = known.map(([image, name]) => `        {'image': '${image}', 'check': '${name}'}`)
  return head + lines.join(',\n') + tail
}

/** As an image without a folder is named in full. */
function inFull(image: string): string {
  return image.includes('/') ? image : `library/${image}`
}

const head = `# Generated from the "images" of checks/: npm run generate writes it anew.
# Known workloads, in a registry of anybody's and of any version, get the node selector of their check where that is
# published. A pod that says itself what it requires, or "none", is left alone.
apiVersion: admissionregistration.k8s.io/v1
kind: MutatingAdmissionPolicy
metadata:
  name: hostdeps-gate-workloads
spec:
  failurePolicy: Ignore
  reinvocationPolicy: IfNeeded
  paramKind:
    apiVersion: v1
    kind: ConfigMap
  matchConstraints:
    resourceRules:
      - apiGroups: ['']
        apiVersions: [v1]
        operations: [CREATE]
        resources: [pods]
  matchConditions:
    - name: does-not-say-itself
      expression: "!('hostdeps.dev/requires' in object.metadata.?annotations.orValue({}))"
  variables:
    - name: known
      expression: |-
        [
`
const tail = `
        ]
    # Without digest and version, and as Docker Hub names in full what has no folder.
    - name: images
      expression: >-
        (object.spec.containers.map(one, one.?image.orValue('')) + object.spec.?initContainers.orValue([]).map(one, one.?image.orValue('')))
        .map(image, image.split('@')[0])
        .map(image, image.lastIndexOf(':') > image.lastIndexOf('/') ? image.substring(0, image.lastIndexOf(':')) : image)
        .map(image, image.contains('/') ? image : 'library/' + image)
    # Without comments: what is written there is not published.
    - name: config
      expression: params.?data[?'config.yaml'].orValue('').split('\\n').map(line, line.split('#')[0]).join('\\n')
    - name: published
      expression: >-
        variables.config.matches('(?m)^"?checks"?:')
        ? (variables.config.find('(?m)^"?checks"?:\\\\s*\\\\[[^\\\\]]*\\\\]') + variables.config.find('(?m)^"?checks"?:[^\\\\S\\\\n]*\\\\n(\\\\s*(#.*|-.*)?\\\\n?)+'))
        .findAll('[a-z0-9][a-z0-9-]*')
        : ['kubernetes-node', 'time-sync', 'open-iscsi', 'nfs-client']
    - name: names
      expression: >-
        variables.known.filter(workload, workload.check in variables.published
        && variables.images.exists(image, image == workload.image || image.endsWith('/' + workload.image)))
        .map(workload, workload.check)
  mutations:
    - patchType: JSONPatch
      jsonPatch:
        expression: >-
          (has(object.spec.nodeSelector) || variables.names.size() == 0
          ? [] : [JSONPatch{op: 'add', path: '/spec/nodeSelector', value: {}}])
          + variables.names.map(name, JSONPatch{
            op: 'add', path: '/spec/nodeSelector/' + jsonpatch.escapeKey('hostdeps.dev/' + name), value: 'ready'})
`

if (import.meta.main) {
  const { catalog } = load({ config: null, ownChecks: null, allowCommands: false })
  writeFileSync(workloadsPolicy, renderWorkloadsPolicy([...catalog.values()]))
}
