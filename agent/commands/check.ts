import { Command, Option } from 'commander'
import type { Loaded } from '#agent/catalog/load.ts'
import type { Report } from '#agent/model/report.ts'
import { formats } from '#agent/render/formats.ts'
import type { Format } from '#agent/render/formats.ts'
import { moreChecks } from '#agent/render/summary.ts'
import { askOnce } from '#agent/commands/wiring/ask-once.ts'
import { chooseChecks } from '#agent/commands/wiring/choose-checks.ts'
import { isColored } from '#agent/commands/wiring/is-colored.ts'
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
    .argument(
      '[names...]',
      'the checks to run (default: those that the config publishes, and those of workloads seen here)',
    )
    .option('--all', 'run every check')
    .addOption(
      new Option('-o, --output <format>', 'output format').choices(Object.keys(formats)).default('summary'),
    )
  return addHostFlags(command).action(check)
}

async function check(names: string[], flags: CheckFlags): Promise<void> {
  givenNodeName()
  const isAll = flags.all ?? false
  const loaded = loadFrom(flags, names.length > 0 && !isAll ? names : null)
  const chosen = chooseChecks(loaded, names, isAll)
  const report = await askOnce(loaded, chosen, flags)
  const color = isColored(process.stdout)
  process.stdout.write(formats[flags.output](report, { color }))
  const isPart = chosen === null && flags.output === 'summary'
  if (isPart) process.stdout.write(restLine(loaded, report))
  process.exitCode = exitCodeOf(report)
}

function restLine({ catalog }: Loaded, { checks }: Report): string {
  const rest = catalog.size - checks.length
  return rest === 0 ? '' : `\n${moreChecks(rest)}: hostdeps check --all\n`
}
