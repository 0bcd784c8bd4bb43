import { resolve } from 'node:path'
import { Command } from 'commander'
import { readCatalog } from '#agent/catalog/catalog.ts'
import { fileSchema } from '#agent/catalog/json-schema.ts'
import { checkNameOf } from '#agent/catalog/check-file.ts'
import { lintCatalog } from '#agent/catalog/lint/lint.ts'
import { symptomLiterals, withoutLiteral } from '#agent/catalog/lint/lint-symptoms.ts'
import type { SymptomLiterals } from '#agent/catalog/lint/lint-symptoms.ts'
import { readCustomFile, readShipped } from '#agent/catalog/load.ts'
import { formatMistake, Mistakes } from '#agent/catalog/yaml/mistake.ts'
import type { Mistake } from '#agent/catalog/yaml/mistake.ts'
import { renderCheck, renderCheckList } from '#agent/render/check-text.ts'
import { renderColumns } from '#agent/render/columns.ts'
import { chooseChecks } from '#agent/commands/wiring/choose-checks.ts'
import { addLoadFlags, loadFrom } from '#agent/commands/wiring/host-flags.ts'
import type { LoadFlags } from '#agent/commands/wiring/host-flags.ts'

export function checksCommand(): Command {
  const command = new Command('checks').description('Lists, shows and lints checks.')
  addLoadFlags(command.command('list').description('list all checks')).action(list)
  addLoadFlags(command.command('show').description('show what checks need, why, and how to fix it'))
    .argument('<names...>', 'the checks to show')
    .action(show)
  command
    .command('lint')
    .description('report every mistake in check files')
    .argument('[files...]', 'files of custom checks (default: the shipped checks)')
    .option('--allow-commands', 'lint for an agent with this flag: custom checks may run commands')
    .option('--literals', 'show by which texts logs are searched for each pattern of a symptom')
    .action(lint)
  command.command('schema').description('print the JSON Schema of check files, for editors').action(schema)
  return command
}

function list(flags: LoadFlags): void {
  const { catalog, config } = loadFrom(flags)
  process.stdout.write(renderCheckList([...catalog.values()], config.checks))
}

function show(names: string[], flags: LoadFlags): void {
  const loaded = loadFrom(flags)
  const chosen = chooseChecks(loaded, names, false) ?? loaded.config.checks
  const texts = chosen.flatMap((name) => loaded.catalog.get(name) ?? []).map(renderCheck)
  process.stdout.write(texts.join('\n'))
}

/**
 * Custom checks are read together with the shipped ones, which they may include but whose names they may not take. Rules for
 * shipped checks beyond the form are only warnings for custom ones, which may be meant for a single cluster.
 */
function lint(files: string[], flags: { allowCommands?: boolean; literals?: boolean }): void {
  const shipped = readShipped()
  const mine = new Set(files.map((file) => resolve(file)))
  const custom = files
    .filter((file) => !shipped.some((text) => text.file === resolve(file)))
    .map((file) => readCustomFile(file, flags.allowCommands ?? false))
  const { catalog, mistakes } = readCatalog([...shipped, ...custom])
  const isWanted = ({ file }: Mistake) => mine.size === 0 || mine.has(resolve(file))
  const warnings = lintCatalog(catalog, 'custom')
    .filter(isWanted)
    .map((warning) => ({ ...warning, message: `warning: ${warning.message}` }))
  for (const warning of warnings) process.stderr.write(`${formatMistake(warning)}\n`)
  const neverFound = [...catalog.values()].flatMap(withoutLiteral)
  const all = [...mistakes, ...lintCatalog(catalog, 'shipped'), ...neverFound].filter(isWanted)
  if (all.length > 0) throw new Mistakes(all)
  const read = [...shipped, ...custom].filter(({ file }) => mine.size === 0 || mine.has(resolve(file)))
  if (flags.literals) {
    const checks = read.flatMap(({ file }) => catalog.get(checkNameOf(file)) ?? [])
    process.stdout.write(renderLiterals(checks.flatMap(symptomLiterals)))
  }
  const count = mine.size || shipped.length
  const warned =
    warnings.length === 0 ? '' : `, ${warnings.length} warning${warnings.length === 1 ? '' : 's'}`
  process.stdout.write(`${count} check file${count === 1 ? '' : 's'} read, no mistakes${warned}\n`)
}

function renderLiterals(symptoms: readonly SymptomLiterals[]): string {
  const rows = symptoms.map(({ check, log, literals }) => [
    check,
    (literals ?? []).map((text) => JSON.stringify(text)).join(' or '),
    log,
  ])
  return renderColumns(['CHECK', 'LITERALS', 'PATTERN'], rows)
}

function schema(): void {
  process.stdout.write(`${JSON.stringify(fileSchema(), null, 2)}\n`)
}
