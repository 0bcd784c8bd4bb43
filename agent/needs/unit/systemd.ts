import type { Answers } from '#agent/model/answers.ts'
import type { Answer, UnitProperties, UnitQuestion } from '#agent/model/question.ts'
import { unanswered, verdict } from '#agent/model/reason.ts'
import type { Verdict } from '#agent/model/reason.ts'
import { shellWord } from '#agent/fixes/shell-word.ts'
import { tellUnit } from './deciding-unit.ts'
import type { WantedUnit } from './wanted-unit.ts'

export function systemdQuestions(wanted: WantedUnit): UnitQuestion[] {
  return wanted.units.map((name) => ({ ask: 'unit', name }))
}

export function judgeSystemd(wanted: WantedUnit, answers: Answers): Verdict {
  const verdicts = systemdQuestions(wanted).map((question) =>
    judgeUnit(question.name, wanted, answers.of(question)),
  )
  const told = tellUnit(wanted, wanted.units, verdicts)
  return told.reason === 'UnitActive' ? { ...told, genericFix: stopAll(wanted.units, verdicts) } : told
}

/** In one command: a socket that is left would start its service again. */
function stopAll(units: readonly string[], verdicts: readonly Verdict[]) {
  const active = units.filter((_, index) => verdicts[index]?.reason === 'UnitActive')
  return { run: [`systemctl disable --now ${active.map(shellWord).join(' ')}`] }
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
