import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import type { BundledPackage } from './bundled-packages.ts'

/** The licences of Node.js and of all bundled packages, which have to go with them. */
export function licenseTexts(packages: readonly BundledPackage[], nodeFolder: string): string {
  const node = { title: 'Node.js', text: readFileSync(join(nodeFolder, 'LICENSE'), 'utf8') }
  const others = packages.map(({ name, version, license = 'unknown', folder }) => ({
    title: `${name} ${version} (${license})`,
    text: textIn(folder),
  }))
  return [node, ...others]
    .map(({ title, text }) => `${title}\n\n${text.trim()}\n`)
    .join(`\n${'-'.repeat(80)}\n\n`)
}

/** Some packages name their licence in package.json alone. */
function textIn(folder: string): string {
  const names = readdirSync(folder).filter((name) => /^(licen[cs]e|copying|notice)/i.test(name))
  return names
    .toSorted()
    .map((name) => readFileSync(join(folder, name), 'utf8').trim())
    .join('\n\n')
}
