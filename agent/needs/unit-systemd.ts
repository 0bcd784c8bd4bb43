import type { Answers } from '../model/answers.ts'
import type { Answer, UnitProperties, UnitQuestion } from '../model/question.ts'
import { unanswered, verdict } from '../model/reason.ts'
import type { Verdict } from '../model/reason.ts'
import type { WantedUnit } from './wanted-unit.ts'

export function systemdQuestions(wanted: WantedUnit): UnitQuestion[] {
  return wanted.units.map((name) => ({ ask: 'unit', name }))
}

/** One of the units in the wanted state is enough; for "inactive" all of them must be. */
export function judgeSystemd(wanted: WantedUnit, answers: Answers): Verdict {
  const verdicts = systemdQuestions(wanted).map((question) =>
    judgeUnit(question.name, wanted, answers.of(question)),
  )
  const evidence = verdicts.flatMap((one) => one.evidence)
  const order = wanted.state === 'inactive' ? allNeeded : oneIsEnough
  const state = order.find((candidate) => verdicts.some((one) => one.state === candidate))
  const told = verdicts.filter((one) => one.state === state).toSorted((a, b) => nearness(b) - nearness(a))[0]
  if (told === undefined)
    return verdict('QuestionFailed', { what: wanted.units.join(', '), detail: 'no unit was asked' })
  const isNowhere = verdicts.every((one) => one.reason === 'UnitNotFound')
  if (isNowhere) return verdict('UnitNotFound', { units: wanted.units }, { evidence })
  return { ...told, evidence }
}

const oneIsEnough = ['ready', 'unknown', 'missing'] as const
const allNeeded = ['missing', 'unknown', 'ready'] as const

/** Of several that are missing, the one that is nearest to running is worth telling. */
const nearest = ['UnitNotFound', 'UnitMasked', 'UnitNotEnabled', 'UnitInactive', 'UnitFailed']

function nearness(one: Verdict): number {
  return nearest.indexOf(one.reason)
}

function judgeUnit(unit: string, wanted: WantedUnit, answer: Answer<UnitProperties>): Verdict {
  if (answer.fate === 'absent') return unanswered(unit, { fate: 'failed', detail: answer.detail })
  if (answer.fate !== 'found') return unanswered(unit, answer)
  const properties = answer.value
  const seen = { evidence: [`${unit}: ${showUnit(properties)}`] }
  if (wanted.state === 'inactive') return judgeInactive(unit, properties, seen)
  if (properties.LoadState === 'not-found') return verdict('UnitNotFound', { units: [unit] }, seen)
  if (wanted.state === 'enabled') return judgeEnabled(unit, properties, seen)
  return judgeActive(unit, properties, seen)
}

interface Seen {
  readonly evidence: readonly string[]
}

/** https://www.freedesktop.org/software/systemd/man/latest/org.freedesktop.systemd1.html on ActiveState */
function judgeActive(
  unit: string,
  { LoadState, ActiveState, SubState }: UnitProperties,
  seen: Seen,
): Verdict {
  const state = `${ActiveState} (${SubState})`
  if (ActiveState === 'active' || ActiveState === 'reloading' || ActiveState === 'refreshing') {
    return verdict('UnitReady', { unit, state }, seen)
  }
  if (LoadState === 'masked') return verdict('UnitMasked', { unit }, { ...seen, fix: unmask(unit) })
  if (ActiveState === 'failed') return verdict('UnitFailed', { unit }, { ...seen, fix: restart(unit) })
  const isStarting = ActiveState === 'activating' && SubState !== 'auto-restart'
  if (isStarting) return verdict('UnitStarting', { unit, state }, seen)
  if (LoadState !== 'loaded') return verdict('UnitBroken', { unit, load: LoadState }, seen)
  return verdict(
    'UnitInactive',
    { unit, state },
    { ...seen, fix: { run: [`systemctl enable --now ${unit}`] } },
  )
}

/** What is not there, or masked, is inactive indeed. */
function judgeInactive(unit: string, properties: UnitProperties, seen: Seen): Verdict {
  const { LoadState, ActiveState, SubState } = properties
  const isStill = ActiveState === 'inactive' || ActiveState === 'failed'
  const state = LoadState === 'loaded' ? `${ActiveState} (${SubState})` : LoadState
  if (isStill) return verdict('UnitReady', { unit, state }, seen)
  return verdict('UnitActive', { unit }, { ...seen, fix: { run: [`systemctl disable --now ${unit}`] } })
}

/** `static` has no [Install] section: it is started by others, and cannot be enabled. systemctl(1), is-enabled */
function judgeEnabled(unit: string, { LoadState, UnitFileState }: UnitProperties, seen: Seen): Verdict {
  const enabled = ['enabled', 'enabled-runtime', 'alias', 'generated', 'linked', 'linked-runtime']
  if (enabled.includes(UnitFileState)) return verdict('UnitReady', { unit, state: UnitFileState }, seen)
  if (LoadState === 'masked') return verdict('UnitMasked', { unit }, { ...seen, fix: unmask(unit) })
  const state = UnitFileState || 'without a unit file'
  const fix = UnitFileState === 'disabled' ? { fix: { run: [`systemctl enable ${unit}`] } } : {}
  return verdict('UnitNotEnabled', { unit, state }, { ...seen, ...fix })
}

function unmask(unit: string) {
  return { run: [`systemctl unmask ${unit}`, `systemctl enable --now ${unit}`] }
}

function restart(unit: string) {
  return { run: [`systemctl restart ${unit}`, `journalctl -u ${unit} -n 50 --no-pager`] }
}

function showUnit({ LoadState, ActiveState, SubState, UnitFileState }: UnitProperties): string {
  const file = UnitFileState === '' ? '' : `, ${UnitFileState}`
  return `${LoadState}, ${ActiveState} (${SubState})${file}`
}
