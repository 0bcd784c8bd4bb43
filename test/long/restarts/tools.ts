import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { execa } from 'execa'

/** What restarts pods, in a namespace of its own that has each case once. */
export interface Tool {
  /** The head of its column. */
  readonly name: string
  readonly namespace: string
  run(access: Access): Promise<Said>
}

export interface Access {
  readonly kubeConfig: string
  /** For files that it reads. */
  readonly folder: string
}

/** What it says that it did. */
export interface Said {
  /** Names of pods. */
  readonly restarts: readonly string[]
  /** In its own words, why a pod was left alone, by its name. */
  readonly why: ReadonlyMap<string, string>
  /** Milliseconds from the start of the process to its end. */
  readonly took: number
}

const main = new URL('../../../agent/main.ts', import.meta.url).pathname

/** @param descheduler the program */
export function toolsWith(descheduler: string): readonly [Tool, ...Tool[]] {
  return [
    hostdeps,
    deschedulerBy({ program: descheduler, namespace: 'by-restarts', name: 'descheduler' }),
    deschedulerBy({
      program: descheduler,
      namespace: 'by-back-off',
      name: 'descheduler, `states: [CrashLoopBackOff]`',
      states: ['CrashLoopBackOff'],
    }),
  ]
}

const hostdeps: Tool = {
  name: '`hostdeps restart --yes`',
  namespace: 'by-hostdeps',
  run: (access) => restart('--yes', access),
}

/** What `hostdeps restart` would do. */
export function dryRun(access: Access): Promise<Said> {
  return restart('--dry-run', access)
}

async function restart(how: '--yes' | '--dry-run', { kubeConfig }: Access): Promise<Said> {
  const argv = [main, 'restart', how, '-o', 'json', '-n', hostdeps.namespace, '--kubeconfig', kubeConfig]
  const { stdout, took } = await timed(process.execPath, argv)
  const { pods, left } = JSON.parse(stdout) as HostdepsSays
  return {
    restarts: pods.filter(({ did }) => ['deleted', 'would delete'].includes(did)).map(({ name }) => name),
    why: new Map(left.map(({ name, says }) => [name, says])),
    took,
  }
}

interface HostdepsSays {
  readonly pods: readonly { readonly name: string; readonly did: string }[]
  readonly left: readonly { readonly name: string; readonly says: string }[]
}

interface Descheduling {
  readonly program: string
  readonly name: string
  readonly namespace: string
  readonly states?: readonly string[]
}

/**
 * What is not said here is as it is without a setting. Never its dry run: that may see no pod at all in one pass, see
 * https://github.com/kubernetes-sigs/descheduler/pull/1922.
 */
function deschedulerBy({ program, name, namespace, states }: Descheduling): Tool {
  const args = {
    podRestartThreshold: 3,
    includingInitContainers: true,
    namespaces: { include: [namespace] },
    states,
  }
  const plugin = 'RemovePodsHavingTooManyRestarts'
  const profile = {
    name: 'restarts',
    pluginConfig: [{ name: plugin, args }],
    plugins: { deschedule: { enabled: [plugin] } },
  }
  const policy = { apiVersion: 'descheduler/v1alpha2', kind: 'DeschedulerPolicy', profiles: [profile] }
  return {
    name,
    namespace,
    async run({ kubeConfig, folder }) {
      const file = join(folder, `${namespace}.json`)
      writeFileSync(file, JSON.stringify(policy))
      const argv = ['--kubeconfig', kubeConfig, '--policy-config-file', file, ...once]
      const { stderr, took } = await timed(program, argv)
      return { ...readLog(stderr), took }
    },
  }
}

function readLog(text: string): Omit<Said, 'took'> {
  const evicted = text.matchAll(/"Evicted pod" pod="[^/]*\/([^"]*)"/g)
  const refused = text.matchAll(/"Error evicting pod" err="(.*?)" pod="[^/]*\/([^"]*)"/g)
  return {
    restarts: [...evicted].map(([, pod = '']) => pod),
    why: new Map(
      [...refused].map(([, why = '', pod = '']) => [
        pod,
        `the eviction is refused: ${why.split(': ').at(-1)}`,
      ]),
    ),
  }
}

/** It serves nothing, and ends after one pass. */
const once = ['--descheduling-interval', '0', '--disable-metrics', '--secure-port', '0', '-v', '1']

async function timed(program: string, argv: readonly string[]) {
  const start = performance.now()
  const { stdout, stderr } = await execa(program, argv)
  return { stdout, stderr, took: performance.now() - start }
}
