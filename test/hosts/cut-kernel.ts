import { mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { foldModule, moduleNames, optionNames } from './catalogue-names.ts'

/**
 * `node test/hosts/cut-kernel.ts PACKAGE ROOT` cuts out of a kernel package, unpacked and seen by depmod, the lines that
 * the catalogue asks for, and writes them to a recorded host's root. Run it again when checks ask for more.
 */
const [source = '', root = ''] = process.argv.slice(2)
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
    lines(join(source, folder, 'modules.builtin')).filter(
      (line, index) => index === 0 || moduleNames.has(moduleOf(line)),
    ),
  )
  put(join(folder, 'modules.alias'), lines(join(source, folder, 'modules.alias')).filter(isNamedAlias))
  const config = join('boot', `config-${kernel}`)
  put(
    config,
    lines(join(source, config)).filter((line) => optionNames.has(/CONFIG_\w+/.exec(line)?.[0] ?? '')),
  )
}

/** Of a module of ours, by a name and not by the pattern of a device; and the head, without which it would be a cut-off file. */
function isNamedAlias(line: string): boolean {
  if (line.startsWith('#')) return true
  const [, alias = '', module = ''] = line.split(' ')
  return /^[\w-]+$/.test(alias) && moduleNames.has(foldModule(module))
}

/** With all that they need. */
function closeOver(dependencies: readonly string[]): Set<string> {
  const needed = dependencies
    .filter((line) => moduleNames.has(moduleOf(line)))
    .flatMap((line) => line.split(/:? /))
  return new Set(needed.map(moduleOf))
}

/** Of a line of modules.dep or modules.builtin. */
function moduleOf(line: string): string {
  return foldModule(/([^/:]+)\.ko/.exec(line.split(':')[0] ?? '')?.[1] ?? '')
}

function lines(path: string): string[] {
  return readFileSync(path, 'utf8').split('\n').filter(Boolean)
}

function put(path: string, content: readonly string[]): void {
  mkdirSync(join(root, path, '..'), { recursive: true })
  writeFileSync(join(root, path), content.map((line) => `${line}\n`).join(''))
}
