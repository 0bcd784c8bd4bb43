import { Command, InvalidArgumentError, Option } from 'commander'
import { addClusterFlags, selectorOption } from '#agent/commands/wiring/cluster/cluster-flags.ts'
import { addHostFlags } from '#agent/commands/wiring/host-flags.ts'
import { newNodeFormatNames } from '#agent/commands/wiring/fix/fix-flags.ts'
import type { FixFlags } from '#agent/commands/wiring/fix/fix-flags.ts'
import { readTimeout } from '#agent/commands/wiring/timeout.ts'

/** Milliseconds: an install with what it downloads over a slow line. */
const usualTimeout = 900_000
/** Nodes at a time; each install downloads, and restarts what it brings. */
const mostParallel = 50

export function fixCommand(): Command {
  const command = new Command('fix')
    .description(
      "Prints a script that installs what Nodes lack, or with names of checks, what this host lacks; --apply shows it, asks, and runs it once. On Nodes a Job in the agents' namespace does that, with your own right to create Jobs there, as a unit of the host's systemd, and asks the checks again. Nothing is rebooted. Exit code: 0 all is ready, or would be by the printed script, 3 something is still missing, 2 bad usage, 1 error.",
    )
    .usage('[options] (NODE... | -l LABELS | --all) | [CHECK...]')
    .argument('[names...]', 'Nodes of the cluster, or checks of this host')
    .addOption(selectorOption())
    .option('--all', 'all Nodes')
    .addOption(
      new Option('--check <name>', 'only for this check; may be repeated')
        .argParser((name: string, names: readonly string[]) => [...names, name])
        .default([], 'all that is missing'),
    )
    .addOption(
      new Option(
        '-o, --output <format>',
        'what is printed: the script; or for new nodes like these, that lack all of the checks, what sets them up',
      )
        .choices(['script', ...newNodeFormatNames])
        .default('script'),
    )
    .option('--apply', 'run the script, once, after showing it')
    .option('-y, --yes', 'with --apply: do not ask')
    .option('--repair', 'finish an interrupted run of dpkg first')
    .addOption(
      new Option('--parallel <number>', 'with --apply: Nodes at a time, after the first one')
        .argParser(readParallel)
        .default(1),
    )
    .option('-n, --namespace <name>', "the agents' namespace", 'hostdeps')
    .option(
      '--image <name>',
      "the image of the Job of --apply (default: the agents' own), or of -o daemonset (default: of this version)",
    )
    .addOption(
      new Option('--timeout <time>', 'with --apply: longest wait for a Node')
        .argParser(readLongTimeout)
        .default(usualTimeout, '15m'),
    )
  return addHostFlags(addClusterFlags(command)).action(fix)
}

async function fix(names: string[], flags: FixFlags, command: Command): Promise<void> {
  const isPlugin = command.parent?.name() === 'kubectl hostdeps'
  const given = command.options.flatMap((option) =>
    command.getOptionValueSource(option.attributeName()) === 'cli' ? [option.attributeName()] : [],
  )
  const { choosePlace, refuseIdle } = await import('#agent/commands/wiring/fix/choose-place.ts')
  const place = choosePlace(names, flags, isPlugin)
  refuseIdle(given, flags, place)
  if (flags.output !== 'script') {
    const { printForNewNodes } = await import('#agent/commands/wiring/new-nodes/print-for-new-nodes.ts')
    return printForNewNodes(flags.output, { names, place }, flags)
  }
  if (place === 'nodes') {
    const { fixNodes } = await import('#agent/commands/wiring/fix/fix-nodes.ts')
    await fixNodes(names, flags)
  } else {
    const { fixHere } = await import('#agent/commands/wiring/fix/fix-here.ts')
    await fixHere(names, flags)
  }
}

/** Less than it takes to make a Job and look at it once says nothing. */
function readLongTimeout(text: string): number {
  const time = readTimeout(text)
  if (time < 10_000) throw new InvalidArgumentError('It must be at least 10s.')
  return time
}

function readParallel(text: string): number {
  const number = Number(text)
  if (!/^\d+$/.test(text) || number < 1 || number > mostParallel)
    throw new InvalidArgumentError(`It must be a number from 1 to ${mostParallel}.`)
  return number
}
