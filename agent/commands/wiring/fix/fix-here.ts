import { fixScript } from '#agent/fixes/script/fix-script.ts'
import { hasCommands, scriptParts, stepsOfHost } from '#agent/fixes/script/script-parts.ts'
import type { HostToFix } from '#agent/fixes/script/script-parts.ts'
import { plainLine } from '#agent/model/plain.ts'
import type { Report } from '#agent/model/report.ts'
import { askOnce, askWithFixes } from '#agent/commands/wiring/ask-once.ts'
import type { Asked } from '#agent/commands/wiring/ask-once.ts'
import { chooseChecks } from '#agent/commands/wiring/choose-checks.ts'
import { canAsk, confirm } from '#agent/commands/wiring/confirm.ts'
import { ClusterError, UsageError } from '#agent/commands/wiring/errors.ts'
import { exitCodes } from '#agent/commands/wiring/exit-codes.ts'
import { loadFrom } from '#agent/commands/wiring/host-flags.ts'
import { applyHere } from './apply-here.ts'
import type { FixFlags } from './fix-flags.ts'
import manifest from '../../../../package.json' with { type: 'json' }

/** Prints the script for this host; with --apply it asks, runs it, and asks the checks again. */
export async function fixHere(names: readonly string[], flags: FixFlags): Promise<void> {
  const { apply = false, yes = false, repair = false } = flags
  if (apply) mustBeAble(yes)
  const loaded = loadFrom(flags, names.length > 0 ? names : null)
  const asked = await askWithFixes(loaded, chooseChecks(loaded, names, false), flags)
  const host = hostToFix(asked, names.length > 0)
  const steps = stepsOfHost(host)
  for (const { type, text } of steps) if (type === 'note') say(`left to you: ${text}`)
  if (!hasCommands(steps)) return conclude(asked.report)
  const script = fixScript(scriptParts([host]), { version: manifest.version, repair })
  process.stdout.write(script)
  if (!apply) return
  if (!yes && !(await confirm('Run this script on this host?'))) return say('Nothing was run')
  const checks = asked.report.checks.map(({ name }) => name)
  const ask = () => askOnce(loaded, checks, flags)
  const { end, report } = await applyHere(script, { procfs: flags.procfs, ask, tell: say })
  if (end.did === 'refuse') throw new ClusterError(`nothing was run: ${end.why}`)
  if (end.did === 'run' && !end.isDone) say(`the script failed: ${end.how}`)
  conclude(report)
}

function mustBeAble(yes: boolean): void {
  if (process.getuid?.() !== 0) throw new UsageError('--apply needs root')
  if (!yes && !canAsk())
    throw new UsageError(
      'nobody can be asked without a terminal: add --yes, or leave --apply away to see the script',
    )
}

/** What is missing; of checks that were named, what is recommended too. */
function hostToFix({ report, facts, candidatesOf }: Asked, isNamed: boolean): HostToFix {
  const some = report.checks.filter(({ name, state }) =>
    isNamed ? candidatesOf([name]).length > 0 : state === 'missing',
  )
  return {
    name: report.node,
    facts,
    lacking: some.map(({ name, findings }) => ({
      check: name,
      needs: findings
        .filter(({ state }) => state === 'missing')
        .map(({ need, reason }) => ({ id: need, reason })),
    })),
    candidates: candidatesOf(some.map(({ name }) => name)),
  }
}

function conclude({ checks }: Report): void {
  for (const { name, state, message } of checks)
    if (state === 'missing' || state === 'unknown') say(`${name} is ${state}: ${message}`)
  if (checks.some(({ state }) => state === 'missing')) process.exitCode = exitCodes.missing
  else say('nothing is missing')
}

function say(line: string): void {
  process.stderr.write(`${plainLine(line)}\n`)
}
