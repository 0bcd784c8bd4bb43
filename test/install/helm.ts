import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { execa } from 'execa'
import { parseAllDocuments } from 'yaml'
import { atEnd } from '../at-end.ts'

/** The chart as it is published. */
export const chart = new URL('../../charts/hostdeps', import.meta.url).pathname

const [helm3 = '', helm4 = ''] = (process.env['HOSTDEPS_TEST_HELM'] ?? '').split(':')
export const helms = [
  ['Helm 3', helm3],
  ['Helm 4', helm4],
] as const

/** What people paste who use Helm. */
export function helmBlock(): string {
  const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8')
  return /<!-- helm-block -->\n```sh\n([^`]+)```/.exec(readme)?.[1] ?? ''
}

export interface KubeObject {
  readonly apiVersion: string
  readonly kind: string
  readonly metadata: {
    readonly name: string
    readonly namespace?: string
    readonly labels?: Readonly<Record<string, string>>
    readonly annotations?: Readonly<Record<string, string>>
  }
  readonly [key: string]: unknown
}

export type Values = Readonly<Record<string, unknown>>

export interface Helm {
  /** What it prints; rejects with what it says when it fails. */
  run(...args: string[]): Promise<string>
  /** A file of values. */
  values(values: Values): string
  /** The objects of the chart. */
  template(values: Values, ...args: string[]): Promise<KubeObject[]>
  close(): void
}

/** One with a home of its own, where no repository and no plugin is. */
export function openHelm(program: string, env: Readonly<Record<string, string>> = {}): Helm {
  const home = mkdtempSync(join(tmpdir(), 'hostdeps-helm-'))
  const close = atEnd(() => rmSync(home, { recursive: true, force: true }))
  let files = 0
  const homes = { HOME: home, HELM_CACHE_HOME: home, HELM_CONFIG_HOME: home, HELM_DATA_HOME: home }
  const run = async (...args: string[]) => {
    const { stdout } = await execa(program, args, { env: { KUBECONFIG: '/dev/null', ...homes, ...env } })
    return stdout
  }
  const values = (given: Values) => {
    const file = join(home, `values-${(files += 1)}.json`)
    writeFileSync(file, JSON.stringify(given))
    return file
  }
  return {
    run,
    values,
    async template(given, ...args) {
      const flags = ['--namespace', 'hostdeps', '--values', values(given), ...args]
      const text = await run('template', 'hostdeps', chart, ...flags)
      return parseAllDocuments(text, { version: '1.1' })
        .map((document) => document.toJS() as KubeObject | null)
        .filter((object) => object !== null)
    },
    close,
  }
}
