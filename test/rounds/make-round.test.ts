import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { load } from '#agent/catalog/load.ts'
import type { Loaded } from '#agent/catalog/load.ts'
import { createFailureLog } from '#agent/commands/wiring/agent/log-failures.ts'
import type { Failure } from '#agent/commands/wiring/agent/log-failures.ts'
import type { Host } from '#agent/model/host.ts'
import type { Question } from '#agent/model/question.ts'
import { makeRound } from '#agent/rounds/make-round.ts'
import { recordedHost } from '../hosts/recorded-host.ts'
import { fakeClock } from './fake-clock.ts'

const folder = mkdtempSync(join(tmpdir(), 'hostdeps-round-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
writeFileSync(
  join(folder, 'mine.yaml'),
  'title: t\nwhy: w\nneeds:\n  - kernelModule: nfs\n  - package: [nope]\n  - package: nfs-common\n  - file: /etc/hostname\n',
)
const loaded = load({ config: null, customChecks: folder, allowCommands: false })
const recorded = recordedHost(new URL('../hosts/debian-12', import.meta.url).pathname)

describe('a round of a host that reveals a bug of ours', () => {
  const wrong = () => {
    throw new TypeError('no\u001b[31m luck')
  }

  test('reports each need once, however many rounds there are', async () => {
    // An answer of another form than any host gives, of which parsing the package database fails.
    const odd = oneAnswer('/var/lib/dpkg/status', { text: null })
    const told: Failure[] = []
    const failed = createFailureLog((failure) => told.push(failure))
    for (let time = 0; time < 3; time++) {
      const round = await makeRound({ ...options(odd), failed })
      const findings = round.checks[0]?.findings.map(({ need, state }) => [need, state])
      expect(findings).toEqual([
        ['kernelModule:nfs', 'ready'],
        ['package:nope', 'unknown'],
        ['package:nfs-common', 'unknown'],
        ['file:/etc/hostname', 'ready'],
      ])
    }
    expect(told.map(({ at }) => at)).toEqual([
      `package:nope (${folder}/mine.yaml:5)`,
      `package:nfs-common (${folder}/mine.yaml:6)`,
    ])
    expect(told[0]?.why).not.toBe('')
  })

  test('a host that cannot be asked, or whose facts cannot be read, is unknown and reported', async () => {
    const failures: [Host, RegExp][] = [
      [{ ...recorded, ask: wrong }, /no \[31m luck/],
      [{ ...recorded, selfTest: wrong }, /no \[31m luck/],
      [oneAnswer('/etc/os-release', { text: null }), /text|null/],
    ]
    for (const [host, words] of failures) {
      const told: Failure[] = []
      const round = await makeRound({
        ...options(host),
        failed: createFailureLog((failure) => told.push(failure)),
      })
      expect(round.checks[0]).toMatchObject({ state: 'unknown', reason: 'HostNotReachable' })
      expect(round.checks[0]?.message).toMatch(/hostdeps failed to ask it: /)
      expect(round.checks[0]?.message).toMatch(words)
      expect(told).toMatchObject([{ at: 'the host', why: expect.stringMatching(words) }])
    }
  })
})

function options(host: Host) {
  const files: { loaded: Loaded; mistakes: readonly string[] } = { loaded, mistakes: [] }
  return { host, clock: fakeClock(), files, names: ['mine'] }
}

/** The recorded host with another answer, the same object each time, about one path. */
function oneAnswer(path: string, value: unknown): Host {
  const isIt = (question: Question) => question.ask === 'read' && question.path === path
  return {
    ...recorded,
    async ask(questions) {
      const others = await recorded.ask(questions.filter((question) => !isIt(question)))
      const odd = questions.filter(isIt).map((question) => [question, { fate: 'found', value }] as const)
      return [...others, ...odd]
    },
  }
}
