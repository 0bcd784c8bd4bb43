import { resolve } from 'node:path'
import { Command } from 'commander'
import { readCatalog } from '#agent/catalog/catalog.ts'
import { fileSchema } from '#agent/catalog/json-schema.ts'
import { lintCatalog } from '#agent/catalog/lint/lint.ts'
import { readCustomFile, readShipped } from '#agent/catalog/load.ts'
import { formatMistake, Mistakes } from '#agent/catalog/yaml/mistake.ts'
import type { Mistake } from '#agent/catalog/yaml/mistake.ts'
import { renderCheck, renderCheckList } from '#agent/render/check-text.ts'
import { chooseChecks } from '#agent/commands/wiring/choose-checks.ts'
import { addLoadFlags, loadFrom } from '#agent/commands/wiring/host-flags.ts'
import type { LoadFlags } from '#agent/commands/wiring/host-flags.ts'

export function checksCommand(): Command {
  const command = new Command('checks').description('Lists, shows and lints the checks there are.')
  addLoadFlags(command.command('list').description('a line a check')).action(list)
  addLoadFlags(command.command('show').description('what checks need, why, and what mends them'))
    .argument('<names...>', 'checks')
    .action(show)
  command
    .command('lint')
    .description('every mistake in check files; without files, in the shipped ones')
    .argument('[files...]', 'your own check files')
    .option('--allow-commands', 'as the agent that will read them is started')
    .action(lint)
  command.command('schema').description('the JSON Schema of a check file, for editors').action(schema)
  return command
}

function list(flags: LoadFlags): void {
  const { catalog, config } = loadFrom(flags)
  process.stdout.write(renderCheckList([...catalog.values()], config.checks))
}

function show(names: string[], flags: LoadFlags): void {
  const loaded = loadFrom(flags)
  const chosen = chooseChecks(loaded, names, false)
  const texts = chosen.flatMap((name) => loaded.catalog.get(name) ?? []).map(renderCheck)
  process.stdout.write(texts.join('\n'))
}

/**
 * Own files are read together with the shipped checks, which they may take in and whose names they may not. What a check
 * for everybody must have beside its form only warns in them: they may be for one's own nodes.
 */
function lint(files: string[], flags: { allowCommands?: boolean }): void {
  const shipped = readShipped()
  const mine = new Set(files.map((file) => resolve(file)))
  const own = files
    .filter((file) => !shipped.some((text) => text.file === resolve(file)))
    .map((file) => readCustomFile(file, flags.allowCommands ?? false))
  const { catalog, mistakes } = readCatalog([...shipped, ...own])
  const isWanted = ({ file }: Mistake) => mine.size === 0 || mine.has(resolve(file))
  const warnings = lintCatalog(catalog, 'custom')
    .filter(isWanted)
    .map((warning) => ({ ...warning, message: `warning: ${warning.message}` }))
  for (const warning of warnings) process.stderr.write(`${formatMistake(warning)}\n`)
  const told = [...mistakes, ...lintCatalog(catalog, 'shipped')].filter(isWanted)
  if (told.length > 0) throw new Mistakes(told)
  const count = mine.size || shipped.length
  const warned =
    warnings.length === 0 ? '' : `, ${warnings.length} warning${warnings.length === 1 ? '' : 's'}`
  process.stdout.write(`${count} check file${count === 1 ? '' : 's'} read, no mistakes${warned}\n`)
}

function schema(): void {
  process.stdout.write(`${JSON.stringify(fileSchema(), null, 2)}\n`)
}
