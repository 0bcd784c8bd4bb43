import { fixScript } from '#agent/fixes/script/fix-script.ts'
import { hasCommands, scriptParts, stepsOfHost } from '#agent/fixes/script/script-parts.ts'
import type { HostToFix, Lacking } from '#agent/fixes/script/script-parts.ts'
import type { CheckResult, Report } from '#agent/model/report.ts'
import { isUsable } from '#agent/model/state.ts'
import { askOnce, askWithFixes } from '#agent/commands/wiring/ask-once.ts'
import type { Asked } from '#agent/commands/wiring/ask-once.ts'
import { chooseChecks } from '#agent/commands/wiring/choose-checks.ts'
import { confirm, mustAsk } from '#agent/commands/wiring/confirm.ts'
import { ClusterError, UsageError } from '#agent/commands/wiring/errors.ts'
import { exitCodes } from '#agent/commands/wiring/exit-codes.ts'
import { loadFrom } from '#agent/commands/wiring/host-flags.ts'
import { endOnInterrupt } from '#agent/commands/wiring/interrupt.ts'
import { applyHere, isAllUsable } from './apply-here.ts'
import { say } from './say.ts'
import type { FixFlags } from './fix-flags.ts'
import manifest from '../../../../package.json' with { type: 'json' }

/** Prints the script for this host; with --apply it asks, runs it, and asks the checks again. */
export async function fixHere(names: readonly string[], flags: FixFlags): Promise<void> {
  const { apply = false, yes = false, repair = false } = flags
  if (apply && process.getuid?.() !== 0) throw new UsageError('--apply needs root')
  if (apply) mustAsk(yes)
  const loaded = loadFrom(flags, names.length > 0 ? names : null)
  const asked = await askWithFixes(loaded, chooseChecks(loaded, names, false), flags)
  const host = hostToFix(asked, names.length > 0)
  const steps = stepsOfHost(host)
  for (const { type, text } of steps) if (type === 'note') say(`note: ${text}`)
  if (steps.some(({ type }) => type === 'reboot'))
    say('what is done counts only after a reboot, which is left to you')
  if (!hasCommands(steps)) return conclude(asked.report)
  if (host.facts.distro.id === null)
    throw new ClusterError('os-release says no ID, so no script is for this host')
  const script = fixScript(scriptParts([host]), { version: manifest.version, repair })
  process.stdout.write(script)
  if (!apply) return
  if (!yes && !(await confirm(`Run this script here, on ${host.name}?`))) return say('Nothing was run')
  endOnInterrupt(goesOn)
  const checks = asked.report.checks.map(({ name }) => name)
  const ask = () => askOnce(loaded, checks, flags)
  const { end, report } = await applyHere(script, { procfs: flags.procfs, ask, tell: say })
  if (end.did === 'refuse') throw new ClusterError(`nothing was run: ${end.why}`)
  if (end.did === 'run' && !end.isDone) say(`the script failed: ${end.how}`)
  conclude(report)
}

const goesOn = 'what began goes on, as the unit hostdeps-fix: journalctl -u hostdeps-fix'

/** What is missing; of checks that were named, what is recommended too. */
function hostToFix({ report, facts, candidatesOf }: Asked, isNamed: boolean): HostToFix {
  const some = report.checks.filter(({ name, state }) =>
    isNamed ? candidatesOf([name]).length > 0 : state === 'missing',
  )
  const lackingOf = ({ name, findings }: CheckResult): Lacking => ({
    check: name,
    needs: findings.flatMap(({ need, state, reason }) => (state === 'missing' ? [{ id: need, reason }] : [])),
  })
  return {
    name: report.node,
    facts,
    lacking: some.map(lackingOf),
    candidates: candidatesOf(some.map(({ name }) => name)),
    isNamed,
  }
}

function conclude(report: Report): void {
  for (const { name, state, message } of report.checks)
    if (!isUsable(state)) say(`${name} is ${state}: ${message}`)
  if (isAllUsable(report)) say('nothing is missing')
  else process.exitCode = exitCodes.missing
}
