import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'yaml'
import { oneOfEach } from '../../needs/one-of-each.ts'

const repository = join(import.meta.dirname, '../../..')
const folder = join(repository, 'checks')

/** By name the text of each shipped check. */
export function shippedTexts(): Readonly<Record<string, string>> {
  const names = readdirSync(folder).filter((name) => name.endsWith('.yaml'))
  return Object.fromEntries(
    names.map((name) => [name.replace('.yaml', ''), readFileSync(join(folder, name), 'utf8')]),
  )
}

/** The examples of the documents: whole blocks, and in line whatever might be a need. */
export function documentTexts(): readonly string[] {
  const texts = ['checks/KEYS.md', 'README.md'].map((file) => readFileSync(join(repository, file), 'utf8'))
  const blocks = texts.flatMap((text) =>
    [...text.matchAll(/^ *```yaml\n(.*?)^ *```$/gms)].map(([, block = '']) => block),
  )
  const inLine = texts.flatMap((text) =>
    [...text.matchAll(/`([\w.]+: [^`]+)`/g)].map(([, line]) => `needs:\n  - ${line}\n`),
  )
  return [...blocks, ...inLine]
}

/** Every need as it is written in a shipped check, and one of each kind. */
export function writtenNeeds(): readonly unknown[] {
  const checks = Object.values(shippedTexts()).map(
    (text) => parse(text) as { readonly needs: readonly unknown[] },
  )
  const examples = Object.values(oneOfEach).map((text) => (parse(`  - ${text}`) as unknown[])[0])
  return [...checks.flatMap(({ needs }) => needs), ...examples]
}

export function checkSchema(): unknown {
  return JSON.parse(readFileSync(join(folder, 'check.schema.json'), 'utf8'))
}
