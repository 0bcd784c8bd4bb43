import {
  mostCustomAliases,
  mostCustomChecks,
  mostCustomConflicts,
  mostCustomHostNeeds,
  mostCustomNeeds,
  mostCustomPatterns,
  mostCustomQuestions,
  mostCustomTokens,
} from '#agent/model/bounds.ts'
import type { Check } from '#agent/model/check.ts'
import type { Facts } from '#agent/model/facts.ts'
import type { Need } from '#agent/model/need.ts'
import type { Question } from '#agent/model/question.ts'
import { allNeeds } from '#agent/model/needs-of.ts'

/** Each call adds to the sums so far, and returns why they are too much for one process; null when they are not. */
export interface Scale {
  /** Adds a file before it is read, by its tokens. */
  file(tokens: number): string | null
  check(check: Check, patterns: number): string | null
}

/** Weighs custom checks one by one, so that an excess is found before the remaining files are read. */
export function openScale(): Scale {
  const questions = new Set<Question>()
  const sums = { tokens: 0, checks: 0, needs: 0, asking: 0, aliases: 0, conflicts: 0, instructions: 0 }
  return {
    file(tokens) {
      sums.tokens += tokens
      return tooMuch([['words, marks and lines of YAML', sums.tokens, mostCustomTokens]])
    },
    check(check, patterns) {
      const needs = allNeeds(check.needs)
      sums.checks += 1
      sums.needs += needs.length
      sums.asking += needs.filter(({ type }) => type === 'host').length
      sums.aliases += check.aliases.length
      sums.conflicts += countConflicts(needs)
      sums.instructions += patterns
      for (const need of needs) addQuestions(need, questions)
      return tooMuch([
        ['checks', sums.checks, mostCustomChecks],
        ['needs', sums.needs, mostCustomNeeds],
        ['needs that ask the host', sums.asking, mostCustomHostNeeds],
        ['aliases', sums.aliases, mostCustomAliases],
        ['conflicts', sums.conflicts, mostCustomConflicts],
        ['questions to the host', questions.size, mostCustomQuestions],
        ['instructions of patterns', sums.instructions, mostCustomPatterns],
      ])
    },
  }
}

/** Counts the conflicts of all needs. */
export function countConflicts(needs: readonly Need[]): number {
  return needs.reduce((sum, { conflicts }) => sum + Object.keys(conflicts).length, 0)
}

function tooMuch(counts: readonly (readonly [what: string, count: number, most: number])[]): string | null {
  const over = counts.find(([, count, most]) => count > most)
  return over === undefined ? null : `all custom checks together may have at most ${over[2]} ${over[0]}`
}

/** Counts objects: a kind that asks the same for each of its needs uses the same object. */
function addQuestions(need: Need, questions: Set<Question>): void {
  if (need.type !== 'host' || questions.size > mostCustomQuestions) return
  for (const question of need.questions(anyHost)) questions.add(question)
}

/** The questions hardly depend on the host; where they do, this host has the most. */
const anyHost: Facts = {
  hostname: null,
  distro: { id: null, like: [], version: null, variant: null, name: '' },
  family: null,
  installer: 'unknown',
  imageBased: null,
  container: null,
  kernel: '6.0.0',
  arch: 'amd64',
  now: 0,
  init: { type: 'systemd' },
  packages: 'rpm',
  reboot: null,
}
