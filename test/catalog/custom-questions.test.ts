import { expect, test } from 'vitest'
import * as z from 'zod'
import { readCheckFile } from '#agent/catalog/check-file.ts'
import { mayAsk } from '#agent/catalog/custom/custom-questions.ts'
import { parseYaml } from '#agent/catalog/yaml/yaml-lines.ts'
import { readNeed } from '#agent/catalog/read-need.ts'
import { collectAnswers } from '#agent/model/answers.ts'
import type { Facts, Init } from '#agent/model/facts.ts'
import type { HostNeed, Kind } from '#agent/model/need.ts'
import type { Question } from '#agent/model/question.ts'
import { verdict } from '#agent/model/reason.ts'
import { debian } from '../needs/memory-host.ts'
import { oneOfEach } from '../needs/one-of-each.ts'

const custom = { origin: 'custom', allowCommands: false } as const
const inits: Init[] = [{ type: 'systemd' }, { type: 'openrc' }, { type: 'other', name: 'init' }]
const managers = ['dpkg', 'rpm', 'apk', 'pacman', 'none', 'unknown'] as const
const hosts: Facts[] = inits.flatMap((init) =>
  managers.flatMap((packages) =>
    ['debian', 'nixos'].map((id) => ({ ...debian, init, packages, distro: { ...debian.distro, id } })),
  ),
)

/** The check names a program and its arguments, or a place to read: the test of custom checks has those. */
const named = ['binary', 'certificate']

test.each(Object.entries(oneOfEach).filter(([kind]) => !named.includes(kind)))(
  'a custom check of %s is asked like a shipped one, except for files that it names itself',
  (_, written) => {
    const text = `title: T\nwhy: W.\nneeds:\n  - ${written}\n`
    const [own, shipped] = [custom, { origin: 'shipped', allowCommands: true } as const].map((rules) => {
      const read = readCheckFile('/x.yaml', text, rules)
      if ('mistakes' in read) throw new Error(JSON.stringify(read.mistakes))
      return read.check.needs[0] as HostNeed
    })
    for (const facts of hosts) {
      const plain = (questions: readonly Question[] = []) =>
        questions.map((question) => ({ ...question, beneath: undefined }))
      expect(plain(own?.questions(facts))).toEqual(plain(shipped?.questions(facts)))
    }
  },
)

test.each<Question>([
  { ask: 'run', argv: ['sh', '-c', 'reboot'] },
  { ask: 'run', argv: ['rpm', '-qa', '--eval', '%(id)'] },
  { ask: 'run', argv: ['chronyc', '-n', 'tracking', '-h', '10.0.0.1'] },
  { ask: 'read', path: '/etc/shadow' },
  { ask: 'read', path: '/proc/1/environ' },
  { ask: 'read', path: '/usr/lib/modules/../../../etc/shadow' },
  { ask: 'read', path: '/boot/config-1/../../etc/shadow' },
  { ask: 'readAll', path: '/etc', suffix: 'shadow' },
])('%j is never asked for a custom check, whatever kind of need puts it', (question) => {
  expect(mayAsk(question, custom)).toBe(false)
  expect(mayAsk(question, { origin: 'shipped', allowCommands: false })).toBe(true)
})

/** It forgets to say what it runs and reads. */
const forgetful: Kind = {
  name: 'forgetful',
  schema: z.strictObject({ forgetful: z.string() }),
  subject: () => 'x',
  questions: ({ forgetful: word }) => [
    { ask: 'run', argv: [String(word)] },
    { ask: 'read', path: `/etc/${String(word)}` },
    { ask: 'stat', path: '/etc' },
  ],
  judge({ forgetful: word }, answers) {
    const fates = [
      answers.of({ ask: 'run', argv: [String(word)] }),
      answers.of({ ask: 'read', path: `/etc/${String(word)}` }),
    ]
    return verdict('QuestionFailed', { what: 'x', detail: fates.map(({ fate }) => fate).join(' ') })
  },
}

test('a kind that does not declare what it runs and reads may do neither for a custom check', () => {
  const parsed = parseYaml('/x.yaml', 'forgetful: shadow')
  if ('mistakes' in parsed) throw new Error('no YAML')
  const { yaml } = parsed
  const read = readNeed({ yaml, rules: custom, kinds: { forgetful } }, [], yaml.value)
  if ('mistakes' in read || read.need.type !== 'host') throw new Error(JSON.stringify(read))
  expect(read.need.questions(debian)).toEqual([{ ask: 'stat', path: '/etc' }])
  const everything = collectAnswers([
    [
      { ask: 'run', argv: ['shadow'] },
      { fate: 'found', value: {} },
    ],
    [
      { ask: 'read', path: '/etc/shadow' },
      { fate: 'found', value: {} },
    ],
  ])
  expect(read.need.judge(everything, debian).message).toContain('denied denied')
})
