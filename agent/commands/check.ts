import { Command, Option } from 'commander'
import { formats } from '#agent/render/formats.ts'
import type { Format } from '#agent/render/formats.ts'
import { askOnce } from '#agent/commands/wiring/ask-once.ts'
import { chooseChecks } from '#agent/commands/wiring/choose-checks.ts'
import { exitCodeOf } from '#agent/commands/wiring/exit-codes.ts'
import { addHostFlags, loadFrom } from '#agent/commands/wiring/host-flags.ts'
import type { HostFlags } from '#agent/commands/wiring/host-flags.ts'
import { givenNodeName } from '#agent/commands/wiring/node-name.ts'

interface CheckFlags extends HostFlags {
  readonly output: Format
  readonly all?: boolean
}

export function checkCommand(): Command {
  const command = new Command('check')
    .description('Checks this host once, prints what it lacks, and exits.')
    .argument('[names...]', 'the checks to run (default: those that the config publishes)')
    .option('--all', 'run every check')
    .addOption(
      new Option('-o, --output <format>', 'output format').choices(Object.keys(formats)).default('table'),
    )
  return addHostFlags(command).action(check)
}

async function check(names: string[], flags: CheckFlags): Promise<void> {
  givenNodeName()
  const isAll = flags.all ?? false
  const loaded = loadFrom(flags, isAll ? null : names)
  const chosen = chooseChecks(loaded, names, isAll)
  const report = await askOnce(loaded, chosen, flags)
  const color = process.stdout.isTTY && process.stdout.hasColors()
  process.stdout.write(formats[flags.output](report, { color }))
  process.exitCode = exitCodeOf(report)
}
