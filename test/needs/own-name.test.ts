import { expect, test } from 'vitest'
import { readCheckFile } from '#agent/catalog/check-file.ts'
import { fixText } from '#agent/fixes/fix-text.ts'
import { collectAnswers } from '#agent/model/answers.ts'
import { judge } from '#agent/model/judge.ts'
import { plan } from '#agent/model/plan.ts'
import type { Finding } from '#agent/model/report.ts'
import { debian } from './memory-host.ts'
import { oneOfEach } from './one-of-each.ts'

/** The kernel's release is known before anything is asked, and would answer one of the kinds. */
const facts = { ...debian, kernel: null }

/** preflight told of services under the title "Block Devices". */
test.each(Object.entries(oneOfEach))('%s that cannot be asked is told under its own name', (kind) => {
  const { finding, details } = withoutAnswers(kind)
  expect(finding.need.startsWith(`${kind}:`)).toBe(true)
  expect(finding).toMatchObject({ kind, state: 'unknown', fix: null })
  const foreign = finding.message.match(/trouble \d+\./g)?.filter((detail) => !details.includes(detail))
  expect(foreign ?? []).toEqual([])
})

/** All kinds are asked at once, and each question fails in words of its own. */
function withoutAnswers(kind: string): { finding: Finding; details: string[] } {
  const needs = Object.values(oneOfEach).map((need) => `  - ${need}\n`)
  const rules = { origin: 'shipped', allowCommands: true } as const
  const read = readCheckFile('all.yaml', `title: t\nwhy: w\nneeds:\n${needs.join('')}`, rules)
  if ('mistakes' in read) throw new Error(read.mistakes.map(({ message }) => message).join('; '))
  const { shipped: questions } = plan([read.check], facts)
  const failed = (index: number) => ({ fate: 'failed', detail: `trouble ${index}.` }) as const
  const answers = collectAnswers(questions.map((question, index) => [question, failed(index)]))
  const [result] = judge([read.check], { facts, answers, unreachable: null, publishedBy: () => [], fixText })
  const index = Object.keys(oneOfEach).indexOf(kind)
  const [finding, need] = [result?.findings[index], read.check.needs[index]]
  if (finding === undefined || need?.type !== 'host') throw new Error(`${kind} was not judged`)
  const own = need.questions(facts).map((question) => answers.of(question))
  return { finding, details: own.flatMap((answer) => (answer.fate === 'found' ? [] : answer.detail)) }
}
