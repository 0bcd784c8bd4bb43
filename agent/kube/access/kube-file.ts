import { readFileSync } from 'node:fs'
import { dirname, isAbsolute, resolve } from 'node:path'
import { parse } from 'yaml'
import * as z from 'zod'
import { plainLine } from '#agent/model/plain.ts'

/** Why no API server can be asked; one line. */
export class KubeConfigError extends Error {
  override readonly name = 'KubeConfigError'
}

const inner = z.record(z.string(), z.unknown()).nullish()
const named = <T extends z.ZodRawShape>(shape: T) =>
  z
    .array(z.object({ name: z.string(), ...shape }))
    .nullish()
    .transform((list) => list ?? [])

const kubeFile = z.object({
  clusters: named({ cluster: inner }),
  users: named({ user: inner }),
  contexts: named({ context: inner }),
  'current-context': z.string().nullish(),
})

/** What a kubeconfig says, or several together: https://kubernetes.io/docs/reference/config-api/kubeconfig.v1/ */
export type KubeFile = z.output<typeof kubeFile>

/** Reads a file and makes its paths absolute; null when there is no such file. */
export function readKubeFile(path: string): KubeFile | null {
  const text = readText(path)
  if (text === null) return null
  const read = kubeFile.safeParse(parseYaml(path, text) ?? {})
  if (read.success) return absolute(read.data, dirname(resolve(path)))
  const [issue] = read.error.issues
  throw new KubeConfigError(`${plainLine(path)}: ${issue?.path.join('.')}: ${issue?.message}`)
}

function readText(path: string): string | null {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    if (code === 'ENOENT') return null
    throw new KubeConfigError(`${plainLine(path)} could not be read: ${code ?? message}`)
  }
}

function parseYaml(path: string, text: string): unknown {
  try {
    return parse(text, { logLevel: 'error' })
  } catch (error) {
    const [first = ''] = String(error instanceof Error ? error.message : error).split('\n')
    throw new KubeConfigError(plainLine(`${path}: ${first.replace(/:$/, '')}`))
  }
}

/** As kubectl does: of entries with the same name, the first file's counts, and so does the first current-context. */
export function mergeKubeFiles(files: readonly KubeFile[]): KubeFile {
  const first = <T extends { readonly name: string }>(all: readonly T[]): T[] => [
    ...new Map(all.toReversed().map((one) => [one.name, one])).values(),
  ]
  return {
    clusters: first(files.flatMap(({ clusters }) => clusters)),
    users: first(files.flatMap(({ users }) => users)),
    contexts: first(files.flatMap(({ contexts }) => contexts)),
    'current-context': files.map((file) => file['current-context']).find(Boolean),
  }
}

/** Paths are relative to their file; a program without a slash is looked for on the PATH. */
function absolute(file: KubeFile, folder: string): KubeFile {
  const at = (path: unknown) => (typeof path === 'string' && path !== '' ? resolve(folder, path) : path)
  const withPaths = (values: Record<string, unknown> | null | undefined, keys: readonly string[]) =>
    values &&
    Object.fromEntries(
      Object.entries(values).map(([key, value]) => [key, keys.includes(key) ? at(value) : value]),
    )
  return {
    ...file,
    clusters: file.clusters.map(({ name, cluster }) => ({
      name,
      cluster: withPaths(cluster, ['certificate-authority']),
    })),
    users: file.users.map(({ name, user }) => ({
      name,
      user: withProgram(withPaths(user, ['client-certificate', 'client-key', 'tokenFile']), folder),
    })),
  }
}

function withProgram(user: Record<string, unknown> | null | undefined, folder: string) {
  const exec = user?.['exec']
  if (typeof exec !== 'object' || exec === null || !('command' in exec)) return user
  const { command } = exec
  const isRelative = typeof command === 'string' && command.includes('/') && !isAbsolute(command)
  return { ...user, exec: isRelative ? { ...exec, command: resolve(folder, command) } : exec }
}
