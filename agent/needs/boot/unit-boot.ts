import type { Answers } from '#agent/model/answers.ts'
import type { UnitProperties, UnitQuestion, UnitStarts } from '#agent/model/question.ts'
import { verdict } from '#agent/model/reason.ts'
import type { Verdict } from '#agent/model/reason.ts'
import { shellWord } from '#agent/fixes/shell-word.ts'
import { isAnyThere, namesIn } from './look.ts'
import { isSpokenOf, unitFolders, wordPattern } from './mentions.ts'
import type { Spoken } from './mentions.ts'

interface Wanted {
  readonly units: readonly string[]
  readonly state: 'active' | 'enabled' | 'inactive'
}

/** What a reboot makes of units that are as they should be now: each of those that are must go. */
export function unitsAfterBoot(wanted: Wanted, answers: Answers): Verdict | null {
  if (wanted.state === 'inactive') return null
  const met = wanted.units.flatMap((name) => metUnit({ ask: 'unit', name }, wanted.state, answers))
  const gone = met.map((unit) => afterBoot(unit, wanted.state, answers))
  return gone.includes(null) ? null : (gone[0] ?? null)
}

interface MetUnit {
  readonly name: string
  readonly properties: UnitProperties
}

function metUnit(question: UnitQuestion, state: Wanted['state'], answers: Answers): readonly MetUnit[] {
  const answer = answers.of(question)
  if (answer.fate !== 'found') return []
  const properties = answer.value
  const isMet =
    state === 'active'
      ? ['active', 'reloading', 'refreshing'].includes(properties.ActiveState)
      : properties.UnitFileState.startsWith('enabled')
  return isMet ? [{ name: question.name, properties }] : []
}

/** What is in these states of systemctl(1) on is-enabled is started by no file of its own after a reboot. */
const fleeting = {
  disabled: 'nothing enables it',
  'enabled-runtime': 'it is enabled until the next boot alone',
  transient: 'it has no unit file that outlives a boot',
  'linked-runtime': 'its unit file is linked until the next boot alone',
} as const

function afterBoot({ name, properties }: MetUnit, state: Wanted['state'], answers: Answers): Verdict | null {
  const why = isFleeting(properties.UnitFileState) ? fleeting[properties.UnitFileState] : null
  const { starts } = properties
  if (why === null || starts === undefined || starts.BusName !== '') return null
  if (starts.FragmentPath.startsWith('/run/systemd/generator')) return null
  if (isLinked(name, starts, answers) !== false) return null
  if (isStartedByOthers(starts, answers) !== false) return null
  if (state === 'active' && isSpokenOf(startPattern(name), answers) !== false) return null
  const now = state === 'active' ? `${name} is active` : `${name} is enabled`
  return verdict('GoneAfterReboot', { now, why }, { fix: fixOf(name, properties) })
}

function isFleeting(state: string): state is keyof typeof fleeting {
  return Object.hasOwn(fleeting, state)
}

function fixOf(name: string, { UnitFileState }: UnitProperties) {
  if (UnitFileState === 'disabled' || UnitFileState === 'enabled-runtime')
    return { run: [`systemctl enable ${shellWord(name)}`] }
  return {
    note: `Write a unit file ${name} in /etc/systemd/system, with an [Install] section, and enable it.`,
  }
}

/** Generators write anew at each boot what they wrote at this one. */
const lastingFolders = [
  ...unitFolders,
  '/run/systemd/generator.early',
  '/run/systemd/generator',
  '/run/systemd/generator.late',
]

/** Whether a link that outlives the boot makes a unit start with one that wants it. */
function isLinked(name: string, { WantedBy, RequiredBy, UpheldBy }: UnitStarts, answers: Answers) {
  const wants = [
    ...namesOf(WantedBy).map((other) => `${other}.wants`),
    ...namesOf(RequiredBy).map((other) => `${other}.requires`),
    ...namesOf(UpheldBy).map((other) => `${other}.upholds`),
  ]
  const links = wants.flatMap((folder) => lastingFolders.map((place) => `${place}/${folder}/${name}`))
  return isAnyThere(links, answers)
}

/**
 * Whether a unit that names it is active now or enabled: a socket or a timer of it, or one that cannot be without it. The
 * targets that merely want it were looked at by their links. null when that cannot be told.
 */
function isStartedByOthers(starts: UnitStarts, answers: Answers): boolean | null {
  const { TriggeredBy, BoundBy, ConsistsOf, WantedBy, RequiredBy, UpheldBy } = starts
  const targets = [WantedBy, RequiredBy, UpheldBy].flatMap(namesOf).filter((one) => !one.endsWith('.target'))
  const names = [...[TriggeredBy, BoundBy, ConsistsOf].flatMap(namesOf), ...targets]
  if (names.length === 0) return false
  // Of other kinds systemd keeps no mark of those that are active.
  if (names.some((name) => !/\.(service|socket|timer|path)$/.test(name))) return null
  const active = namesIn('/run/systemd/units', answers)
  const enabled = enabledUnits(answers)
  if (active === null || enabled === null) return null
  if (names.some((name) => active.includes(`invocation:${name}`) || enabled.has(name))) return true
  const wanted = names.map((name) => isSpokenOf(wantPattern(name), answers))
  return wanted.includes(null) ? null : wanted.includes(true)
}

/** All names that stand in a folder of wants, or are another name of a unit. */
function enabledUnits(answers: Answers): ReadonlySet<string> | null {
  const folders = lastingFolders.map((folder) => ({ folder, names: namesIn(folder, answers) }))
  if (folders.some(({ names }) => names === null)) return null
  const wants = folders.flatMap(({ folder, names }) =>
    (names ?? [])
      .filter((name) => /\.(wants|requires|upholds)$/.test(name))
      .map((name) => `${folder}/${name}`),
  )
  const linked = wants.map((folder) => namesIn(folder, answers))
  return linked.includes(null) ? null : new Set(linked.flatMap((names) => names ?? []))
}

function namesOf(text: string): readonly string[] {
  return text.split(' ').filter(Boolean)
}

/** A command that starts it, a rule of udev that wants it, a name on the bus. */
function startPattern(name: string): Spoken {
  const { source } = wordPattern(name.replace(/\.service$/, ''))
  const after = new RegExp(String.raw`${source}(?:\.service)?\s+(?:re)?start\b`)
  const isStarted = (line: string) => {
    // One look for each: as one expression it would begin anew at each of the first words, by the square of the line.
    const first = starting.exec(line)
    const word = new RegExp(source, 'g')
    word.lastIndex = first === null ? 0 : first.index + first[0].length
    return first !== null && word.test(line)
  }
  return { test: (text) => after.test(text) || text.split('\n').some(isStarted) }
}

const starting = /\b(?:re)?start\b|\benable\b|SYSTEMD_WANTS|SystemdService/

/** What makes it start with another unit. */
function wantPattern(name: string): RegExp {
  const { source } = wordPattern(name)
  return new RegExp(`^(?:Wants|Requires|BindsTo|Upholds|Sockets|Unit)=.*${source}`, 'm')
}
