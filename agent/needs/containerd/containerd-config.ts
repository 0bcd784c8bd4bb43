import * as z from 'zod'
import type { Kind } from '#agent/model/need.ts'
import { verdict } from '#agent/model/reason.ts'
import type { Verdict } from '#agent/model/reason.ts'
import { word } from '#agent/needs/parts/bounded.ts'
import { containerdQuestions, readContainerd } from './containerd-files.ts'
import type { ContainerdFiles, Table } from './containerd-files.ts'

const schema = z.strictObject({
  containerdConfig: z
    .union([
      z.strictObject({
        cri: z
          .literal(true)
          .describe('Its CRI is not switched off: the kubelet starts containers through it.'),
      }),
      z.strictObject({
        systemdCgroup: z.literal(true).describe('Its default runtime leaves cgroups to systemd.'),
      }),
      z.strictObject({
        runtimeType: word(/^[a-z][\w.-]*$/, 'is not the type of a runtime').describe(
          'It has a runtime of this type: io.containerd.runsc.v1.',
        ),
      }),
    ])
    .describe(
      'What /etc/containerd/config.toml says with all that it imports; where there is none, nothing but a runtimeType is missing.',
    ),
})

type Spec = z.infer<typeof schema>['containerdConfig']

/** The configuration of a node's own containerd, as it reads it: the main file, then its imports. */
export const containerdConfig: Kind<typeof schema> = {
  name: 'containerdConfig',
  schema,
  isHostWide: true,
  subject: ({ containerdConfig: spec }) =>
    'runtimeType' in spec ? spec.runtimeType : (Object.keys(spec)[0] ?? ''),
  questions: () => containerdQuestions,
  judge({ containerdConfig: spec }, answers) {
    const files = readContainerd(answers)
    if ('state' in files) return files
    const said = judgeConfig(spec, files)
    // What is proven by what was read, no import takes back; anything else one of them may yet say.
    const isProven = said.reason === 'ContainerdCriOff' || said.reason === 'ContainerdRuntime'
    return files.doubt === null || isProven
      ? said
      : verdict('QuestionFailed', { what: 'the configuration of containerd', detail: files.doubt })
  },
}

function judgeConfig(spec: Spec, files: ContainerdFiles): Verdict {
  const evidence = [
    files.paths.length === 0 ? 'containerd has no configuration' : `read from ${files.paths.join(', ')}`,
  ]
  if ('cri' in spec) return judgeCri(files, evidence)
  if ('runtimeType' in spec) return judgeType(spec.runtimeType, files, evidence)
  return judgeSystemd(files, evidence)
}

/**
 * Its names in versions 1, 2 and 3 of the configuration; without either half of the last there is no CRI.
 * https://github.com/containerd/containerd/blob/main/docs/cri/config.md
 */
const criPlugins: readonly string[] = [
  'cri',
  'io.containerd.grpc.v1.cri',
  'io.containerd.cri.v1.runtime',
  'io.containerd.cri.v1.images',
]

function judgeCri({ disabled }: ContainerdFiles, evidence: readonly string[]): Verdict {
  const off = disabled.find(({ plugin }) => criPlugins.includes(plugin))
  return off === undefined
    ? verdict('ContainerdCri', {}, { evidence })
    : verdict('ContainerdCriOff', off, { evidence })
}

function judgeType(type: string, files: ContainerdFiles, evidence: readonly string[]): Verdict {
  const has = criTables(files).some((cri) =>
    Object.values(tableAt(cri, ['containerd', 'runtimes'])).some(
      (one) => asTable(one)['runtime_type'] === type,
    ),
  )
  return has
    ? verdict('ContainerdRuntime', { type }, { evidence })
    : verdict('ContainerdNoRuntime', { type }, { evidence })
}

/** https://kubernetes.io/docs/setup/production-environment/container-runtimes/#containerd-systemd */
function judgeSystemd(files: ContainerdFiles, evidence: readonly string[]): Verdict {
  if (files.paths.length === 0) return verdict('ContainerdSystemd', {}, { evidence })
  const tables = criTables(files)
  const named = tables.map((cri) => tableAt(cri, ['containerd'])['default_runtime_name']).find(isText)
  const runtime = named ?? 'runc'
  const isSet = tables.some(
    (cri) =>
      cri['systemd_cgroup'] === true ||
      tableAt(cri, ['containerd', 'runtimes', runtime, 'options'])['SystemdCgroup'] === true,
  )
  return isSet
    ? verdict('ContainerdSystemd', {}, { evidence })
    : verdict('ContainerdNotSystemd', { runtime }, { evidence })
}

function criTables({ plugins }: ContainerdFiles): readonly Table[] {
  return criPlugins.map((name) => asTable(plugins[name]))
}

function tableAt(table: Table, path: readonly string[]): Table {
  return path.reduce((inner, key) => asTable(inner[key]), table)
}

function asTable(value: unknown): Table {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Table) : {}
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== ''
}
