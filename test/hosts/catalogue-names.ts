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

/** The kernel options that the catalogue names. */
export const optionNames: ReadonlySet<string> = new Set(
  [...texts.matchAll(/CONFIG_\w+/g)].map(([option]) => option),
)

/** Those of them that make a module. */
export const moduleOptions: ReadonlySet<string> = new Set(
  [...texts.matchAll(/ config: \[?(CONFIG_\w+)(?:, (CONFIG_\w+))?/g)].flatMap(([, ...options]) =>
    options.filter((option) => option !== undefined),
  ),
)

export function foldModule(name: string): string {
  return name.replaceAll('-', '_')
}
