import type { Answers, GrowingAnswers } from '#agent/model/answers.ts'
import { mostLooks } from '#agent/model/bounds.ts'
import type { Check } from '#agent/model/check.ts'
import type { Failed } from '#agent/model/failed.ts'
import type { Facts } from '#agent/model/facts.ts'
import type { Host } from '#agent/model/host.ts'
import type { HostNeed } from '#agent/model/need.ts'
import { hooksOf } from '#agent/model/next-boot.ts'
import { questionKey } from '#agent/model/question-key.ts'
import type { Question } from '#agent/model/question.ts'

interface Asked {
  readonly facts: Facts
  readonly answers: GrowingAnswers
  /** Questions that may be asked at the most. */
  readonly most: number
  readonly failed?: Failed | undefined
}

/**
 * Asks what tells of the next boot, for needs that are ready now: files alone, so that a round runs no program more. What
 * there is to ask comes out by looking, stage by stage; where nothing is in doubt nothing is asked.
 */
export async function askNextBoot(host: Host, checks: readonly Check[], asked: Asked): Promise<void> {
  const { facts, answers } = asked
  let hooks = checks.flatMap((check) => hooksOf(check.needs, facts))
  let left = asked.most
  for (let look = 0; look < mostLooks && hooks.length > 0; look++) {
    const looks = hooks.map((need) => ({ need, wanted: lookOnce(need, asked) }))
    const wanted = new Map(
      looks.flatMap((one) => one.wanted).map((question) => [questionKey(question), question]),
    )
    const questions = [...wanted.values()].slice(0, left)
    if (questions.length === 0) return
    left -= questions.length
    answers.add(await host.ask(questions))
    hooks = looks.filter((one) => one.wanted.length > 0).map(({ need }) => need)
  }
}

/** What it still wants to know; nothing for a need that is not ready. */
function lookOnce(need: HostNeed, { facts, answers, failed }: Asked): readonly Question[] {
  const wanted: Question[] = []
  const noting: Answers = {
    of(question) {
      if (isOfFiles(question) && !answers.has(question)) wanted.push(question)
      return answers.of(question)
    },
  }
  try {
    need.nextBoot?.(noting, facts)
    return wanted.length > 0 && need.judge(answers, facts).state === 'ready' ? wanted : []
  } catch (error) {
    failed?.(error, need)
    return []
  }
}

function isOfFiles({ ask }: Question): boolean {
  return ['read', 'readAll', 'list', 'stat', 'which'].includes(ask)
}
