import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'

const checks = new URL('../../checks', import.meta.url).pathname
const texts = readdirSync(checks)
  .filter((name) => name.endsWith('.yaml'))
  .map((name) => readFileSync(join(checks, name), 'utf8'))
  .join('\n')

/** The kernel modules that the catalogue names, with `_` only. */
export const moduleNames: ReadonlySet<string> = new Set(
  [...texts.matchAll(/kernelModule: ([\w-]+)/g)].map(([, name = '']) => foldModule(name)),
)

/** The kind that asks for options by itself. */
const lsm = readFileSync(new URL('../../agent/needs/lsm.ts', import.meta.url).pathname, 'utf8')

/** The kernel options that the catalogue asks for. */
export const optionNames: ReadonlySet<string> = new Set(
  [...(texts + lsm).matchAll(/CONFIG_\w+/g)].map(([option]) => option),
)

/** The option that builds each of those modules; none for what is not Linux's own (nvidia, zfs). */
export const optionOf: ReadonlyMap<string, string> = new Map(
  [...texts.matchAll(/kernelModule: ([\w-]+)[^\n]*\n\s+config: \[?(CONFIG_\w+)/g)].map(
    ([, name = '', option = '']) => [foldModule(name), option] as const,
  ),
)

export function foldModule(name: string): string {
  return name.replaceAll('-', '_')
}
