import type { Answers } from '#agent/model/answers.ts'
import type { Answer, UnitProperties, UnitQuestion } from '#agent/model/question.ts'
import { unanswered, verdict } from '#agent/model/reason.ts'
import type { Verdict } from '#agent/model/reason.ts'
import { shellWord } from '#agent/fixes/shell-word.ts'
import { tellUnit } from './deciding-unit.ts'
import type { WantedUnit } from './wanted-unit.ts'

export function systemdQuestions(wanted: WantedUnit): UnitQuestion[] {
  const names = wanted.units.flatMap((name) => [name, ...(serviceOf(name) ?? [])])
  return [...new Set(names)].map(questionOf)
}

function questionOf(name: string): UnitQuestion {
  return { ask: 'unit', name }
}

/** systemd.socket(5): by its name, unless it says Service= or, with Accept=yes, starts one service for each connection. */
function serviceOf(unit: string): string[] | null {
  return unit.endsWith('.socket') ? [unit.replace(/socket$/, 'service')] : null
}

export function judgeSystemd(wanted: WantedUnit, answers: Answers): Verdict {
  const verdicts = wanted.units.map((name) => judgePair(name, wanted, answers))
  const told = tellUnit(wanted, wanted.units, verdicts)
  return told.reason === 'UnitActive' ? { ...told, genericFix: stopAll(wanted.units, verdicts) } : told
}

/** In one command: a socket that is left would start its service again. */
function stopAll(units: readonly string[], verdicts: readonly Verdict[]) {
  const active = units.filter((_, index) => verdicts[index]?.reason === 'UnitActive')
  return { run: [`systemctl disable --now ${active.map(shellWord).join(' ')}`] }
}

/**
 * A socket goes on listening while its service fails each time, or may not be started at all: whoever connects then gets no
 * answer. A service that is not found proves nothing, since systemd would not let the socket listen without any.
 */
function judgePair(unit: string, wanted: WantedUnit, answers: Answers): Verdict {
  const said = judgeUnit(unit, wanted, answers.of(questionOf(unit)))
  const [service] = serviceOf(unit) ?? []
  if (service === undefined) return said
  const answer = answers.of(questionOf(service))
  if (answer.fate !== 'found') return said.state === 'ready' ? judgeUnit(service, wanted, answer) : said
  const trouble = troubleOf(service, answer.value, wanted)
  if (trouble === null) return said
  if (wanted.state !== 'inactive') return said.state === 'ready' ? mergeEvidence(said, trouble) : said
  // Whatever connects to it: a service that is masked is not started.
  return trouble.reason === 'UnitMasked' && said.reason === 'UnitActive'
    ? verdict(
        'UnitReady',
        { unit: service, state: 'masked, so that its socket cannot start it' },
        { evidence: said.evidence },
      )
    : said
}

/** Why a socket cannot have its service started; null when it can, as far as is known. */
function troubleOf(service: string, properties: UnitProperties, wanted: WantedUnit): Verdict | null {
  const { LoadState, ActiveState, SubState } = properties
  const seen = { evidence: [`${service}: ${showUnit(properties)}`] }
  const isUp = ['active', 'reloading', 'refreshing'].includes(ActiveState)
  if (isUp || LoadState === 'not-found') return null
  if (LoadState !== 'loaded') return judgeUnusable(service, LoadState, seen)
  if (wanted.state !== 'active') return null
  const isFailing = ActiveState === 'failed' || SubState.startsWith('auto-restart')
  return isFailing ? judgeActive(service, properties, seen) : null
}

function mergeEvidence(socket: Verdict, service: Verdict): Verdict {
  return { ...service, evidence: [...socket.evidence, ...service.evidence] }
}

function judgeUnit(unit: string, wanted: WantedUnit, answer: Answer<UnitProperties>): Verdict {
  if (answer.fate === 'absent') return unanswered(unit, { fate: 'failed', detail: answer.detail })
  if (answer.fate !== 'found') return unanswered(unit, answer)
  const properties = answer.value
  const seen = { evidence: [`${unit}: ${showUnit(properties)}`] }
  if (wanted.state === 'inactive') return judgeInactive(unit, properties, seen)
  if (wanted.state === 'enabled') return judgeEnabled(unit, properties, seen)
  return judgeActive(unit, properties, seen)
}

interface Seen {
  readonly evidence: readonly string[]
}

/**
 * https://www.freedesktop.org/software/systemd/man/latest/org.freedesktop.systemd1.html on ActiveState. It comes
 * first: a unit whose file was masked or deleted while it ran is "masked" or "not-found", and runs on.
 */
function judgeActive(unit: string, properties: UnitProperties, seen: Seen): Verdict {
  const { LoadState, ActiveState, SubState } = properties
  const state = `${ActiveState} (${SubState})`
  if (ActiveState === 'active' || ActiveState === 'reloading' || ActiveState === 'refreshing') {
    return verdict('UnitReady', { unit, state }, seen)
  }
  const unusable = judgeUnusable(unit, LoadState, seen)
  if (unusable !== null && ActiveState !== 'activating') return unusable
  if (ActiveState === 'failed') return verdict('UnitFailed', { unit }, { ...seen, fix: restart(unit) })
  // Between two crashes: a restart is waited for, and nothing runs.
  if (SubState.startsWith('auto-restart')) {
    return verdict('UnitInactive', { unit, state }, { ...seen, fix: restart(unit) })
  }
  if (ActiveState === 'activating') return verdict('UnitStarting', { unit, state }, seen)
  return verdict(
    'UnitInactive',
    { unit, state },
    { ...seen, fix: { run: [`systemctl enable --now ${shellWord(unit)}`] } },
  )
}

/** What is not there, or masked, is inactive indeed. */
function judgeInactive(unit: string, properties: UnitProperties, seen: Seen): Verdict {
  const { LoadState, ActiveState, SubState } = properties
  const isStill = ActiveState === 'inactive' || ActiveState === 'failed'
  const state = LoadState === 'loaded' ? `${ActiveState} (${SubState})` : LoadState
  if (isStill) return verdict('UnitReady', { unit, state }, seen)
  return verdict('UnitActive', { unit }, seen)
}

/** States in which it starts at boot; "generated" units are started by what their generator wrote. */
const enabled: readonly string[] = ['enabled', 'enabled-runtime', 'alias', 'generated']

/** What the other states mean, systemctl(1) on is-enabled. */
const notEnabled: Readonly<Record<string, string>> = {
  static: 'static (it has no [Install] section; other units start it)',
  indirect: 'indirect (only the units that its Also= names can be enabled)',
  linked: 'linked (systemd knows it, and nothing starts it)',
  'linked-runtime': 'linked-runtime (systemd knows it until the next boot, and nothing starts it)',
  transient: 'transient (gone at the next boot)',
  '': 'without a unit file',
}

function judgeEnabled(unit: string, { LoadState, UnitFileState }: UnitProperties, seen: Seen): Verdict {
  const unusable = judgeUnusable(unit, LoadState, seen)
  if (unusable !== null) return unusable
  if (enabled.includes(UnitFileState)) return verdict('UnitReady', { unit, state: UnitFileState }, seen)
  const state = notEnabled[UnitFileState] ?? UnitFileState
  const canBe = ['disabled', 'linked', 'linked-runtime'].includes(UnitFileState)
  const genericFix = canBe ? { genericFix: { run: [`systemctl enable ${shellWord(unit)}`] } } : {}
  return verdict('UnitNotEnabled', { unit, state }, { ...seen, ...genericFix })
}

/** Why its unit file is no use; null when it is loaded. */
function judgeUnusable(unit: string, load: string, seen: Seen): Verdict | null {
  if (load === 'loaded') return null
  if (load === 'not-found') return verdict('UnitNotFound', { units: [unit] }, seen)
  if (load === 'masked') return verdict('UnitMasked', { unit }, { ...seen, fix: unmask(unit) })
  return verdict('UnitBroken', { unit, load }, seen)
}

function unmask(unit: string) {
  return { run: [`systemctl unmask ${shellWord(unit)}`, `systemctl enable --now ${shellWord(unit)}`] }
}

function restart(unit: string) {
  const word = shellWord(unit)
  return { run: [`systemctl restart ${word}`, `journalctl -u ${word} -n 50 --no-pager`] }
}

function showUnit({ LoadState, ActiveState, SubState, UnitFileState }: UnitProperties): string {
  const file = UnitFileState === '' ? '' : `, ${UnitFileState}`
  return `${LoadState}, ${ActiveState} (${SubState})${file}`
}
