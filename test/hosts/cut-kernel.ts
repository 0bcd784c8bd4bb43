import { mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/**
 * `node test/hosts/cut-kernel.ts PACKAGE ROOT` cuts out of a kernel package, unpacked and seen by depmod, the lines that
 * the catalogue asks for, and writes them to a recorded host's root. Run it again when checks ask for more.
 */
const [source = '', root = ''] = process.argv.slice(2)
const checks = new URL('../../checks', import.meta.url).pathname
const texts = readdirSync(checks)
  .filter((name) => name.endsWith('.yaml'))
  .map((name) => readFileSync(join(checks, name), 'utf8'))
  .join('\n')
const names = new Set([...texts.matchAll(/kernelModule: ([\w-]+)/g)].map(([, name = '']) => fold(name)))
const options = new Set([...texts.matchAll(/CONFIG_\w+/g)].map(([option]) => option))

for (const kernel of readdirSync(join(source, 'lib/modules'))) {
  const folder = join('lib/modules', kernel)
  const dependencies = lines(join(source, folder, 'modules.dep'))
  const wanted = closeOver(dependencies)
  put(
    join(folder, 'modules.dep'),
    dependencies.filter((line) => wanted.has(moduleOf(line))),
  )
  put(
    join(folder, 'modules.builtin'),
    lines(join(source, folder, 'modules.builtin')).filter((line) => names.has(moduleOf(line))),
  )
  put(join(folder, 'modules.alias'), lines(join(source, folder, 'modules.alias')).filter(isNamedAlias))
  const config = join('boot', `config-${kernel}`)
  put(
    config,
    lines(join(source, config)).filter((line) => options.has(/CONFIG_\w+/.exec(line)?.[0] ?? '')),
  )
}

/** Of a module of ours, by a name and not by the pattern of a device. */
function isNamedAlias(line: string): boolean {
  const [, alias = '', module = ''] = line.split(' ')
  return /^[\w-]+$/.test(alias) && names.has(fold(module))
}

/** With all that they need. */
function closeOver(dependencies: readonly string[]): Set<string> {
  const needed = dependencies.filter((line) => names.has(moduleOf(line))).flatMap((line) => line.split(/:? /))
  return new Set(needed.map(moduleOf))
}

/** Of a line of modules.dep or modules.builtin. */
function moduleOf(line: string): string {
  return fold(/([^/:]+)\.ko/.exec(line.split(':')[0] ?? '')?.[1] ?? '')
}

function fold(name: string): string {
  return name.replaceAll('-', '_')
}

function lines(path: string): string[] {
  return readFileSync(path, 'utf8').split('\n').filter(Boolean)
}

function put(path: string, content: readonly string[]): void {
  mkdirSync(join(root, path, '..'), { recursive: true })
  writeFileSync(join(root, path), content.map((line) => `${line}\n`).join(''))
}
