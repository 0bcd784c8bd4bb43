import { Command, Option } from 'commander'
import type { Loaded } from '#agent/catalog/load.ts'
import { conditionType } from '#agent/model/names.ts'
import type { Report } from '#agent/model/report.ts'
import { formats } from '#agent/render/formats.ts'
import type { Format } from '#agent/render/formats.ts'
import { nagiosCodeOf } from '#agent/render/formats/nagios.ts'
import { moreChecks } from '#agent/render/summary.ts'
import { askOnce } from '#agent/commands/wiring/ask-once.ts'
import { chooseChecks } from '#agent/commands/wiring/choose-checks.ts'
import { UsageError } from '#agent/commands/wiring/errors.ts'
import { isColored } from '#agent/commands/wiring/is-colored.ts'
import { exitCodeOf } from '#agent/commands/wiring/exit-codes.ts'
import { addHostFlags, loadFrom } from '#agent/commands/wiring/host-flags.ts'
import type { HostFlags } from '#agent/commands/wiring/host-flags.ts'
import { givenNodeName } from '#agent/commands/wiring/node-name.ts'

const helpText = `Formats for other programs:
  junit       one test for each check, for tools that show test reports
  tap         the same in TAP 13, which readers of TAP 14 take too
  github      annotations of a GitHub workflow
  nagios      what a plugin of Nagios or Icinga prints, with its exit codes: 0 OK, 1 WARNING (recommended),
              2 CRITICAL (missing), 3 UNKNOWN
  prometheus  for node_exporter's textfile collector (run --textfile keeps it current)
  nfd         labels for node-feature-discovery's features.d, good for three intervals
              (run --nfd keeps it current)
  npd         a config of node-problem-detector's custom plugin monitor; examples/npd-ready.sh is its script`

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
    .addHelpText('after', `\n${helpText}`)
  return addHostFlags(command).action(check)
}

async function check(names: string[], flags: CheckFlags): Promise<void> {
  const { loaded, chosen, report } = await ask(names, flags)
  if (flags.output === 'npd') mustBeConditions(report)
  const color = isColored(process.stdout)
  process.stdout.write(await formats[flags.output](report, { color }))
  const isPart = chosen === null && flags.output === 'summary'
  if (isPart) process.stdout.write(restLine(loaded, report))
  process.exitCode = flags.output === 'nagios' ? nagiosCodeOf(report) : exitCodeOf(report)
}

/** node-problem-detector would overwrite one with the other. */
function mustBeConditions({ checks }: Report): void {
  for (const [type, same] of Map.groupBy(checks, ({ name }) => conditionType(name)))
    if (same.length > 1) {
      const names = same.map(({ name }) => name).join(' and ')
      throw new UsageError(`${names} would be one condition, ${type}: name the checks that you want`)
    }
}

async function ask(names: readonly string[], flags: CheckFlags) {
  givenNodeName()
  const isAll = flags.all ?? false
  const loaded = loadFrom(flags, names.length > 0 && !isAll ? names : null)
  const chosen = chooseChecks(loaded, names, isAll)
  return { loaded, chosen, report: await askOnce(loaded, chosen, flags) }
}

function restLine({ catalog }: Loaded, { checks }: Report): string {
  const rest = catalog.size - checks.length
  return rest === 0 ? '' : `\n${moreChecks(rest)}: hostdeps check --all\n`
}
