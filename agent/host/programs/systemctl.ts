import type { Answer, RunResult, UnitProperties, UnitStarts } from '#agent/model/question.ts'

const states = ['LoadState', 'ActiveState', 'SubState', 'UnitFileState'] as const
const starts = [
  'FragmentPath',
  'BusName',
  'TriggeredBy',
  'WantedBy',
  'RequiredBy',
  'UpheldBy',
  'BoundBy',
  'ConsistsOf',
] as const satisfies readonly (keyof UnitStarts)[]
const properties = [...states, ...starts]

/** One systemctl(1) command for all units. The check file's schema has validated the names. */
export function showUnits(names: readonly string[]): readonly [string, ...string[]] {
  return ['systemctl', 'show', '--no-pager', `--property=${properties.join(',')}`, '--', ...names]
}

/**
 * What `systemctl show` printed for each unit, in the order of the names. Its output counts only when it ran to its end: a
 * killed run may have printed only half of the last unit.
 */
export function readUnits(names: readonly string[], answer: Answer<RunResult>): Answer<UnitProperties>[] {
  if (answer.fate !== 'found') return names.map(() => refusal(answer))
  const units = parseUnits(answer.value.stdout)
  const trouble = troubleOf(answer.value, { shown: units.length, asked: names.length })
  if (trouble === null) return units.map((value, index) => unitAnswer(value, names[index] ?? ''))
  return names.map(() => ({
    fate: isDenied(trouble) ? 'denied' : 'failed',
    detail: `systemctl: ${trouble}`,
  }))
}

/** Why the output is not complete; null when it is. */
function troubleOf(ran: RunResult, units: { shown: number; asked: number }): string | null {
  const { exitCode, signal, stderr, truncated } = ran
  if (signal !== null) return `it was ended by ${signal}`
  if (truncated) return 'it printed more than the limit'
  if (exitCode === 0 && units.shown === units.asked) return null
  const [words = ''] = stderr.trim().split('\n')
  return words || `exit code ${exitCode}, ${units.shown} of ${units.asked} units`
}

/** Every unit has these three states; one without a unit file has no UnitFileState. */
function unitAnswer(value: UnitProperties, name: string): Answer<UnitProperties> {
  const { LoadState, ActiveState, SubState } = value
  if (LoadState !== '' && ActiveState !== '' && SubState !== '') return { fate: 'found', value }
  return { fate: 'failed', detail: `systemctl: it did not show every state of ${name}` }
}

/** The absence of systemctl proves nothing about units. */
function refusal(answer: Exclude<Answer<RunResult>, { fate: 'found' }>): Answer<UnitProperties> {
  if (answer.fate === 'absent') return { fate: 'failed', detail: "systemctl is not on the host's PATH" }
  return { fate: answer.fate, detail: `systemctl: ${answer.detail}` }
}

/** Parses blocks of `Name=value` lines, separated by blank lines. */
export function parseUnits(stdout: string): UnitProperties[] {
  return stdout
    .split(/\n\s*\n/)
    .map((block) => new Map(block.split('\n').map(splitLine)))
    .filter((block) => states.some((name) => block.has(name)))
    .map((block) => {
      const of = (names: readonly string[]) => names.map((name) => [name, block.get(name) ?? ''])
      // What this systemd does not know it leaves out: then nothing is known of it, except that no unit has it.
      const isTold = block.has('FragmentPath') && block.has('WantedBy')
      const told = isTold ? { starts: Object.fromEntries(of(starts)) } : {}
      return { ...Object.fromEntries(of(states)), ...told } as UnitProperties
    })
}

function splitLine(line: string): [string, string] {
  const index = line.indexOf('=')
  return [line.slice(0, index).trim(), line.slice(index + 1).trim()]
}

function isDenied(words: string): boolean {
  return /permission denied|access denied|not permitted/i.test(words)
}
