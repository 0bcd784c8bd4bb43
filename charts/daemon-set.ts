import type { KubernetesObject, Manifest } from './edits.ts'
import { account, fullname, secretOfTls } from './names.ts'
import { authEnabled, optional, when } from './template.ts'
import type { Path, Template } from './template.ts'

const pod: Path = ['spec', 'template', 'spec']

/** The pods: whatever the values say of them, and what the overlay auth adds. */
export function editDaemonSet({ template, object, overlay }: Manifest): void {
  const { containers, volumes } = podOf(object)
  for (const [index, { name }] of containers.entries()) editContainer(template, { index, name })
  // As the overlay has it: after the arguments of the base.
  for (const { op, path, value } of overlay('auth/arguments.yaml') as JsonPatch[]) {
    const [index = ''] = /(?<=containers\/)\d+/.exec(path) ?? []
    if (op === 'add')
      template.append([...pod, 'containers', Number(index), 'args'], when(authEnabled, [value]))
  }
  for (const [index, { name }] of containers.entries()) addArguments(template, { index, name })
  const { spec } = overlay('auth/daemon-set.yaml') as { spec: object }
  template.merge({ spec }, authEnabled)
  template.replace(...secretOfTls)
  template.setLines(['spec', 'template', 'metadata', 'labels'], 'include "hostdeps.podLabels" .')
  template.setLines(['spec', 'template', 'metadata', 'annotations'], 'include "hostdeps.podAnnotations" .')
  template.append(['metadata'], optional('annotations', '.Values.daemonSetAnnotations'))
  template.append(
    ['spec'],
    [
      '{{- if not (kindIs "invalid" .Values.revisionHistoryLimit) }}',
      'revisionHistoryLimit: {{ .Values.revisionHistoryLimit }}',
      '{{- end }}',
    ],
  )
  template.set([...pod, 'serviceAccountName'], account)
  template.append(pod, [
    '{{- with include "hostdeps.imagePullSecrets" . }}',
    'imagePullSecrets:',
    '  {{- . | nindent INDENT }}',
    '{{- end }}',
  ])
  template.setValue(['spec', 'updateStrategy'], '.Values.updateStrategy')
  for (const key of ['nodeSelector', 'affinity', 'tolerations'])
    template.setValue([...pod, key], `.Values.${key}`)
  template.setScalar([...pod, 'priorityClassName'], '.Values.priorityClassName')
  editVolumes(template, volumes)
}

function podOf({ spec }: KubernetesObject) {
  if (spec?.template === undefined) throw new Error('the DaemonSet has no pods')
  return spec.template.spec
}

/** An operation of a JSON patch. */
interface JsonPatch {
  readonly op: string
  readonly path: string
  readonly value: string
}

interface Place {
  readonly index: number
  readonly name: string
}

function editContainer(template: Template, { index, name }: Place): void {
  const container = [...pod, 'containers', index]
  template.set([...container, 'image'], 'include "hostdeps.image" .')
  template.append(container, [
    '{{- with .Values.image.pullPolicy }}',
    'imagePullPolicy: {{ . }}',
    '{{- end }}',
  ])
  template.setValue([...container, 'resources'], `.Values.${name}.resources`)
  const env = `.Values.${name}.env`
  if (template.get([...container, 'env']) === undefined) template.append(container, optional('env', env))
  else
    template.append(
      [...container, 'env'],
      [`{{- with ${env} }}`, '{{- toYaml . | nindent INDENT }}', '{{- end }}'],
    )
}

function addArguments(template: Template, { index, name }: Place): void {
  template.append(
    [...pod, 'containers', index, 'args'],
    [`{{- range .Values.${name}.extraArgs }}`, '- {{ . | quote }}', '{{- end }}'],
  )
}

/** Custom checks keep their name, by which the Jobs of `fix --apply` mount them. */
function editVolumes(template: Template, volumes: ReturnType<typeof podOf>['volumes']): void {
  const index = volumes.findIndex(({ configMap }) => configMap?.name === 'hostdeps')
  template.set([...pod, 'volumes', index, 'configMap', 'name'], fullname)
}

/** What the chart gives the pods itself, for the templates that refuse or replace it. */
export interface Own {
  /** By container. */
  readonly flags: Readonly<Record<string, readonly string[]>>
  /** The names of environment variables, by container. */
  readonly env: Readonly<Record<string, readonly string[]>>
  readonly podAnnotations: Readonly<Record<string, string>>
}

export function ownOf({ object, overlay }: Pick<Manifest, 'object' | 'overlay'>): Own {
  const { containers } = podOf(object)
  const added = (overlay('auth/arguments.yaml') as JsonPatch[]).filter(({ op }) => op === 'add')
  const flagsOf = ({ args }: { args: readonly string[] }, index: number) => {
    const others = added.filter(({ path }) => path.includes(`/containers/${index}/`))
    const flags = [...args, ...others.map(({ value }) => value)].filter((one) => one.startsWith('--'))
    return flags.map((flag) => flag.replace(/=.*/, ''))
  }
  return {
    flags: Object.fromEntries(containers.map((one, index) => [one.name, flagsOf(one, index)])),
    env: Object.fromEntries(containers.map(({ name, env = [] }) => [name, env.map((one) => one.name)])),
    podAnnotations: object.spec?.template?.metadata?.annotations ?? {},
  }
}
