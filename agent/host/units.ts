import type { Answer, RunResult, UnitProperties } from '../model/question.ts'

const properties = ['LoadState', 'ActiveState', 'SubState', 'UnitFileState'] as const

/** One question for all units, systemctl(1). The names were checked where they were written. */
export function showUnits(names: readonly string[]): readonly [string, ...string[]] {
  return ['systemctl', 'show', '--no-pager', `--property=${properties.join(',')}`, '--', ...names]
}

/** What `systemctl show` said of each unit, in the order in which they were asked. */
export function readUnits(names: readonly string[], answer: Answer<RunResult>): Answer<UnitProperties>[] {
  if (answer.fate !== 'found') return names.map(() => refusal(answer))
  const { exitCode, stdout, stderr } = answer.value
  const units = parseUnits(stdout)
  if (units.length === names.length) return units.map((value) => ({ fate: 'found', value }))
  const words =
    stderr.trim().split('\n')[0] || `exit code ${exitCode}, ${units.length} of ${names.length} units`
  return names.map(() => ({ fate: isDenied(words) ? 'denied' : 'failed', detail: `systemctl: ${words}` }))
}

/** No systemctl proves nothing about units. */
function refusal(answer: Exclude<Answer<RunResult>, { fate: 'found' }>): Answer<UnitProperties> {
  if (answer.fate === 'absent') return { fate: 'failed', detail: "systemctl is not on the host's PATH" }
  return { fate: answer.fate, detail: `systemctl: ${answer.detail}` }
}

/** Blocks of `Name=value` lines between blank lines. */
export function parseUnits(stdout: string): UnitProperties[] {
  return stdout
    .split(/\n\s*\n/)
    .map((block) => new Map(block.split('\n').map(splitLine)))
    .filter((block) => block.has('LoadState'))
    .map((block) => {
      const [LoadState, ActiveState, SubState, UnitFileState] = properties.map(
        (name) => block.get(name) ?? '',
      )
      return { LoadState, ActiveState, SubState, UnitFileState } as UnitProperties
    })
}

function splitLine(line: string): [string, string] {
  const index = line.indexOf('=')
  return [line.slice(0, index).trim(), line.slice(index + 1).trim()]
}

function isDenied(words: string): boolean {
  return /permission denied|access denied|not permitted/i.test(words)
}
