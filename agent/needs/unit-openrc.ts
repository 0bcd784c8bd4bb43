import type { Answers } from '../model/answers.ts'
import type { StatQuestion } from '../model/question.ts'
import { unanswered, verdict } from '../model/reason.ts'
import type { Verdict } from '../model/reason.ts'
import type { WantedUnit } from './wanted-unit.ts'

/** OpenRC keeps its state as links in folders: https://github.com/OpenRC/openrc/blob/master/guide.md */
export function openrcQuestions(wanted: WantedUnit): StatQuestion[] {
  const { script, started, failed, levels } = placesOf(wanted)
  return [script, started, failed, ...levels]
}

export function judgeOpenrc(wanted: WantedUnit, answers: Answers): Verdict {
  const { openrc: service } = wanted
  const { script, started, failed, levels } = placesOf(wanted)
  const [hasScript, isStarted, hasFailed] = [answers.of(script), answers.of(started), answers.of(failed)]
  for (const answer of [hasScript, isStarted]) {
    if (answer.fate !== 'found' && answer.fate !== 'absent') return unanswered(service, answer)
  }
  const isRunning = isStarted.fate === 'found'
  const state = isRunning ? 'started' : 'stopped'
  const seen = {
    evidence: [hasScript.fate === 'found' ? `${script.path}: ${state}` : `${script.path} is not there`],
  }
  if (wanted.state === 'inactive') {
    const stop = { run: [`rc-service ${service} stop`, `rc-update del ${service}`] }
    return isRunning
      ? verdict('UnitActive', { unit: service }, { ...seen, fix: stop })
      : verdict('UnitReady', { unit: service, state }, seen)
  }
  if (hasScript.fate === 'absent') return verdict('UnitNotFound', { units: [service] }, seen)
  if (wanted.state === 'enabled') return judgeEnabled(service, { answers, levels, evidence: seen.evidence })
  if (isRunning) return verdict('UnitReady', { unit: service, state }, seen)
  const start = { run: [`rc-update add ${service} default`, `rc-service ${service} start`] }
  if (hasFailed.fate === 'found') return verdict('UnitFailed', { unit: service }, { ...seen, fix: start })
  return verdict('UnitInactive', { unit: service, state }, { ...seen, fix: start })
}

function placesOf({ openrc }: WantedUnit) {
  const at = (path: string): StatQuestion => ({ ask: 'stat', path })
  return {
    script: at(`/etc/init.d/${openrc}`),
    started: at(`/run/openrc/started/${openrc}`),
    failed: at(`/run/openrc/failed/${openrc}`),
    levels: ['sysinit', 'boot', 'default'].map((level) => at(`/etc/runlevels/${level}/${openrc}`)),
  }
}

interface Levels {
  readonly answers: Answers
  readonly levels: readonly StatQuestion[]
  readonly evidence: readonly string[]
}

function judgeEnabled(service: string, { answers, levels, evidence }: Levels): Verdict {
  const found = levels.find((level) => answers.of(level).fate === 'found')
  const level = found?.path.split('/')[3]
  if (level !== undefined)
    return verdict('UnitReady', { unit: service, state: `in runlevel ${level}` }, { evidence })
  const fix = { run: [`rc-update add ${service} default`] }
  return verdict('UnitNotEnabled', { unit: service, state: 'in no runlevel' }, { evidence, fix })
}
