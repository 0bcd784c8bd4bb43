import { writeFileSync } from 'node:fs'
import { Command } from 'commander'
import type { UnitEnd } from '#agent/apply/run-as-unit.ts'
import type { CheckResult } from '#agent/model/report.ts'
import { renderFixResult } from '#agent/node/fix-result.ts'
import { askOnce } from '#agent/commands/wiring/ask-once.ts'
import { chooseChecks } from '#agent/commands/wiring/choose-checks.ts'
import { exitCodes } from '#agent/commands/wiring/exit-codes.ts'
import { applyHere } from '#agent/commands/wiring/fix/apply-here.ts'
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
  const { end, report } = await applyHere(Buffer.from(flags.script, 'base64').toString(), {
    procfs: flags.procfs,
    ask: () => askOnce(loaded, checks, flags),
    tell: (line) => void process.stdout.write(`${line}\n`),
  })
  const result = renderFixResult({
    v: 1,
    did: end.did,
    how: wordsOf(end),
    checks: report.checks.map(({ name, state, findings }) => ({
      check: name,
      state,
      needs: needsOf(findings),
    })),
  })
  process.stdout.write(`${result}\n`)
  writeFileSync(flags.result, result)
  const isReady = report.checks.every(({ state }) => state === 'ready' || state === 'not-applicable')
  if (!isReady) process.exitCode = end.did === 'refuse' ? exitCodes.failure : exitCodes.missing
}

function wordsOf(end: UnitEnd): string {
  if (end.did === 'run') return end.how
  return end.did === 'refuse' ? end.why : 'another fix ran before'
}

function needsOf(findings: CheckResult['findings']) {
  return findings
    .filter(({ state, recommended }) => !recommended && (state === 'missing' || state === 'unknown'))
    .map(({ need, reason }) => ({ id: need, reason }))
}
