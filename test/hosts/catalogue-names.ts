import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { modulesOf } from '#agent/needs/kernel/option-modules.ts'

const checks = new URL('../../checks', import.meta.url).pathname
const texts = readdirSync(checks)
  .filter((name) => name.endsWith('.yaml'))
  .map((name) => readFileSync(join(checks, name), 'utf8'))
  .join('\n')

/** The kind that asks for options by itself. */
const lsm = readFileSync(new URL('../../agent/needs/lsm.ts', import.meta.url).pathname, 'utf8')

/** The kernel options that the catalogue asks for. */
export const optionNames: ReadonlySet<string> = new Set(
  [...(texts + lsm).matchAll(/CONFIG_\w+/g)].map(([option]) => option),
)

const named = [...texts.matchAll(/kernelModule: ([\w-]+)[^\n]*\n\s+config: \[?(CONFIG_\w+)/g)].map(
  ([, name = '', option = '']) => [foldModule(name), option] as const,
)
const builtBy = [...optionNames].flatMap((option) =>
  (modulesOf(option) ?? []).slice(0, 1).map((name) => [name, option] as const),
)

/** The kernel modules that the catalogue asks for, as such or by the options that build them, with `_` only. */
export const moduleNames: ReadonlySet<string> = new Set(
  [
    ...[...texts.matchAll(/kernelModule: ([\w-]+)/g)].map(([, name = '']) => name),
    ...[...optionNames].flatMap((option) => modulesOf(option) ?? []),
  ].map(foldModule),
)

/** The option that builds each module that the catalogue asks for, as such or by its option; none for what is not Linux's own. */
export const optionOf: ReadonlyMap<string, string> = new Map([...builtBy, ...named])

export function foldModule(name: string): string {
  return name.replaceAll('-', '_')
}
