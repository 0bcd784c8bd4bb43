import { writeFileSync } from 'node:fs'
import { Command } from 'commander'
import type { UnitEnd } from '#agent/apply/run-as-unit.ts'
import type { CheckResult } from '#agent/model/report.ts'
import { renderFixResult } from '#agent/node/fix-result.ts'
import { askOnce } from '#agent/commands/wiring/ask-once.ts'
import { chooseChecks } from '#agent/commands/wiring/choose-checks.ts'
import { exitCodes } from '#agent/commands/wiring/exit-codes.ts'
import { applyHere, isAllUsable } from '#agent/commands/wiring/fix/apply-here.ts'
import { addHostFlags, loadFrom } from '#agent/commands/wiring/host-flags.ts'
import type { HostFlags } from '#agent/commands/wiring/host-flags.ts'

interface ApplyFlags extends HostFlags {
  readonly script: string
  readonly result: string
}

export function applyCommand(): Command {
  const command = new Command('apply')
    .description(
      "In the pod of fix --apply: runs a script once, as a unit of this host's service manager, asks the checks again, and says their states in the pod's termination message. The install goes on when the pod is gone. Exit code: 0 all ready, 3 something is missing or unknown, 1 nothing was begun.",
    )
    .argument('<names...>', 'the checks to ask again')
    .requiredOption('--script <base64>', 'the script, for /bin/sh')
    .option('--result <file>', 'where the result is written', '/dev/termination-log')
  return addHostFlags(command).action(apply)
}

async function apply(names: string[], flags: ApplyFlags): Promise<void> {
  const loaded = loadFrom(flags, names)
  const checks = chooseChecks(loaded, names, false)
  const ask = () => askOnce(loaded, checks, flags)
  const tell = (line: string) => void process.stdout.write(`${line}\n`)
  // What a Node says may be old, or anybody's who may write Nodes: where the host itself lacks nothing, nothing is run.
  const before = await ask()
  const script = Buffer.from(flags.script, 'base64').toString()
  const { end, report } = isAllUsable(before)
    ? { end: null, report: before }
    : await applyHere(script, { procfs: flags.procfs, ask, tell })
  const states = report.checks.map(({ name, state, findings }) => ({
    check: name,
    state,
    needs: needsOf(findings),
  }))
  const result = renderFixResult({ v: 1, did: end?.did ?? 'none', how: wordsOf(end), checks: states })
  tell(result)
  writeFileSync(flags.result, result)
  if (!isAllUsable(report)) process.exitCode = end?.did === 'refuse' ? exitCodes.failure : exitCodes.missing
}

function wordsOf(end: UnitEnd | null): string {
  if (end === null) return 'all was ready before'
  if (end.did === 'run') return end.how
  return end.did === 'refuse' ? end.why.slice(0, longestWords) : 'another fix ran before'
}

/** Characters, of the few that a termination message may have. */
const longestWords = 300

function needsOf(findings: CheckResult['findings']) {
  return findings
    .filter(({ state, recommended }) => !recommended && (state === 'missing' || state === 'unknown'))
    .map(({ need, reason }) => ({ id: need, reason }))
}
