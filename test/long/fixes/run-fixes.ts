import { hash } from 'node:crypto'
import type { Finding, ReportCheck } from '#agent/model/report.ts'
import type { FixHost, Pasted } from './fix-host.ts'
import { commandsOf, notesOf, outcomeOf } from './outcome.ts'
import type { Judged } from './outcome.ts'

/** What one check's printed fix came to on one host. */
export interface FixRow {
  readonly check: string
  readonly outcome: Judged['outcome'] | 'left to the virtual machine'
  readonly why: string
  /** Of the first run and of the second; empty where there is no command. */
  readonly exits: string
  /** Of the whole text, 12 hexadecimal digits. */
  readonly script: string
  /** The text without its notes. */
  readonly commands: readonly string[]
}

/** A check that is not ready and says what to do. */
export interface Fixable {
  readonly before: ReportCheck
  readonly fix: string
  readonly script: string
}

export function fixables(checks: readonly ReportCheck[]): Fixable[] {
  return checks.flatMap((before) => {
    const { fix, state } = before
    const isOpen = fix !== null && state !== 'ready' && state !== 'not-applicable'
    return isOpen ? [{ before, fix, script: scriptHash(fix) }] : []
  })
}

/** The kernel's version is the machine's, so it is no part. */
function scriptHash(fix: string): string {
  return hash('sha256', fix.replaceAll(/\b\d+\.\d+\.\d+-[\w.+-]+/g, 'VERSION')).slice(0, 12)
}

export interface RunOptions {
  /** The kernel and its settings are those of the machine that this runs on. */
  readonly isShared: boolean
  readonly tell: (words: string) => void
  /** Called with all rows so far: a run of an hour is cut off now and then. */
  readonly keep?: (rows: readonly FixRow[]) => void
}

/** Runs each text once for all checks that print it, on a host as it was at first. */
export async function runFixes(
  host: FixHost,
  all: readonly Fixable[],
  { isShared, tell, keep = () => {} }: RunOptions,
): Promise<FixRow[]> {
  const groups = Map.groupBy(all, ({ fix }) => commandsOf(fix).join('\n'))
  const rows: FixRow[] = []
  let isFresh = true
  for (const [commands, group] of groups) {
    const isOfKernel = isShared && ofKernel.test(commands)
    if (commands === '' || isOfKernel) {
      rows.push(...group.map((one) => rowOf(one, isOfKernel ? leftToVm : outcomeOf(one.before), [])))
      continue
    }
    if (!isFresh) await host.renew()
    isFresh = false
    rows.push(...(await runOne(host, group)))
    tell(
      rows
        .slice(-group.length)
        .map(({ check, outcome, why, exits }) => `${check}: ${outcome} (${exits}) ${why}`)
        .join('\n'),
    )
    keep(inOrder(rows))
  }
  return inOrder(rows)
}

export function inOrder(rows: readonly FixRow[]): FixRow[] {
  return rows.toSorted((one, other) => one.check.localeCompare(other.check, 'en'))
}

const leftToVm = {
  outcome: 'left to the virtual machine',
  why: "the kernel and its devices are the machine's here",
} as const

/**
 * In a host that shares this machine's kernel such a command would change the machine, or starts what does not run in a container
 * (ConditionVirtualization=, a read-only /sys).
 */
const ofKernel =
  /\b(modprobe|swapoff|swapon|insmod|rmmod|auditd|multipathd|systemd-udevd)\b|sysctl -w (?!net\.)|> \/(sys|proc)\//

async function runOne(host: FixHost, group: readonly Fixable[]): Promise<FixRow[]> {
  const [{ fix } = { fix: '' }] = group
  const first = await host.paste(fix)
  const between = await host.state()
  const second = await host.paste(fix)
  const changed = difference(between, await host.state())
  const after = await host.ask(group.map(({ before }) => before.name))
  return group.map((one) => {
    const check = after.find(({ name }) => name === one.before.name) ?? one.before
    return rowOf(one, judgeRun(one, check, { runs: [first, second], changed }), [first, second])
  })
}

interface Runs {
  readonly runs: readonly [Pasted, Pasted]
  /** By the second run. */
  readonly changed: readonly string[]
}

/** Notes that say why a command may fail. */
const mayFail = /\bfails\b|\b(contrib|non-free)\b|\bown repository\b/

function judgeRun({ before, fix }: Fixable, after: ReportCheck, { runs, changed }: Runs): Judged {
  const judged = outcomeOf(after)
  const failed = runs.find(({ exitCode }) => exitCode !== 0)
  const isSaid = notesOf(fix).some((note) => mayFail.test(note))
  if (failed !== undefined && (!isSaid || judged.outcome === 'ready'))
    return { outcome: 'wrong', why: `exit code ${failed.exitCode}: ${lastOf(failed.stderr)}` }
  if (before.findings.some(lacksCard))
    return { outcome: 'wrong', why: 'no command puts in the card that is missing' }
  if (changed.length > 0)
    return { outcome: 'wrong', why: `the second run changed ${changed.slice(0, 4).join(', ')}` }
  return judged
}

function lacksCard({ reason, recommended, findings = [] }: Finding): boolean {
  return !recommended && (reason === 'PciDeviceNotFound' || findings.some(lacksCard))
}

/** The command that failed, and what it said. */
function lastOf(stderr: string): string {
  const lines = stderr.trim().split('\n')
  const command = lines.findLast((line) => line.startsWith('+ ')) ?? ''
  return [command, lines.at(-1)].join(' … ').slice(0, 300)
}

function difference(one: readonly string[], other: readonly string[]): string[] {
  const [before, after] = [new Set(one), new Set(other)]
  return [...before.symmetricDifference(after)]
}

function rowOf(
  { before, fix, script }: Fixable,
  { outcome, why }: Pick<FixRow, 'outcome' | 'why'>,
  runs: readonly Pasted[],
): FixRow {
  const exits = runs.map(({ exitCode }) => exitCode ?? 'killed').join(', ')
  return { check: before.name, outcome, why, exits, script, commands: commandsOf(fix) }
}
