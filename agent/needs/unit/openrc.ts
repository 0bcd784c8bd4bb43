import type { Answers } from '#agent/model/answers.ts'
import type { StatQuestion } from '#agent/model/question.ts'
import { unanswered, verdict } from '#agent/model/reason.ts'
import type { Verdict } from '#agent/model/reason.ts'
import { shellWord } from '#agent/fixes/shell-word.ts'
import { tellUnit } from './deciding-unit.ts'
import type { WantedUnit } from './wanted-unit.ts'

/**
 * OpenRC keeps its state as links in folders: https://github.com/OpenRC/openrc/blob/master/guide.md
 * A service that crashed on its own keeps its link, and is told as started.
 */
export function openrcQuestions(wanted: WantedUnit): StatQuestion[] {
  return wanted.services.flatMap((service) => {
    const { script, started, starting, failed, levels } = placesOf(service)
    return [script, started, starting, failed, ...levels]
  })
}

export function judgeOpenrc(wanted: WantedUnit, answers: Answers): Verdict {
  const verdicts = wanted.services.map((service) => judgeService(service, wanted, answers))
  return tellUnit(wanted, wanted.services, verdicts)
}

function placesOf(service: string) {
  const at = (path: string): StatQuestion => ({ ask: 'stat', path })
  return {
    script: at(`/etc/init.d/${service}`),
    started: at(`/run/openrc/started/${service}`),
    starting: at(`/run/openrc/starting/${service}`),
    failed: at(`/run/openrc/failed/${service}`),
    levels: ['sysinit', 'boot', 'default'].map((level) => at(`/etc/runlevels/${level}/${service}`)),
  }
}

interface Seen {
  readonly answers: Answers
  readonly evidence: readonly string[]
}

function judgeService(service: string, wanted: WantedUnit, answers: Answers): Verdict {
  const { script, started, starting } = placesOf(service)
  const [hasScript, isStarted] = [answers.of(script), answers.of(started)]
  for (const answer of [hasScript, isStarted]) {
    if (answer.fate !== 'found' && answer.fate !== 'absent') return unanswered(service, answer)
  }
  const isRunning = isStarted.fate === 'found'
  const state = isRunning ? 'started' : 'stopped'
  const isThere = hasScript.fate === 'found'
  const seen = { answers, evidence: [isThere ? `${script.path}: ${state}` : `${script.path} is not there`] }
  const isUp = isRunning || answers.of(starting).fate === 'found'
  if (wanted.state === 'inactive') return judgeInactive(service, isUp, seen)
  if (!isThere) return verdict('UnitNotFound', { units: [service] }, seen)
  if (wanted.state === 'enabled') return judgeEnabled(service, seen)
  return isRunning ? verdict('UnitReady', { unit: service, state }, seen) : judgeStopped(service, seen)
}

function judgeInactive(service: string, isUp: boolean, { evidence }: Seen): Verdict {
  if (!isUp) return verdict('UnitReady', { unit: service, state: 'stopped' }, { evidence })
  const word = shellWord(service)
  const genericFix = { run: [`rc-service ${word} stop`, `rc-update del ${word}`] }
  return verdict('UnitActive', { unit: service }, { evidence, genericFix })
}

function judgeEnabled(service: string, { answers, evidence }: Seen): Verdict {
  const { levels } = placesOf(service)
  const found = levels.find((level) => answers.of(level).fate === 'found')
  const level = found?.path.split('/')[3]
  if (level !== undefined)
    return verdict('UnitReady', { unit: service, state: `in runlevel ${level}` }, { evidence })
  for (const level of levels) {
    const answer = answers.of(level)
    if (answer.fate !== 'absent' && answer.fate !== 'found') return unanswered(level.path, answer, evidence)
  }
  const genericFix = { run: [`rc-update add ${shellWord(service)} default`] }
  return verdict('UnitNotEnabled', { unit: service, state: 'in no runlevel' }, { evidence, genericFix })
}

function judgeStopped(service: string, { answers, evidence }: Seen): Verdict {
  const { starting, failed } = placesOf(service)
  if (answers.of(starting).fate === 'found') {
    return verdict('UnitStarting', { unit: service, state: 'starting' }, { evidence })
  }
  const word = shellWord(service)
  const fix = { run: [`rc-update add ${word} default`, `rc-service ${word} start`] }
  if (answers.of(failed).fate === 'found') return verdict('UnitFailed', { unit: service }, { evidence, fix })
  return verdict('UnitInactive', { unit: service, state: 'stopped' }, { evidence, fix })
}
