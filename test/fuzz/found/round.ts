import type { RoundFile } from '../targets/round.ts'
import type { ByName } from './by-name.ts'

const finding = {
  need: 'binary:x',
  kind: 'binary',
  state: 'missing',
  reason: 'BinaryNotFound',
  message: 'm',
  evidence: [],
  why: 'w',
  fix: null,
  recommended: false,
}
const { kind: _kind, need: _need, evidence: _evidence, recommended: _recommended, ...said } = finding
const check = { name: 'x', title: 't', ...said, findings: [finding] }
const publish = { labels: true, conditions: 'all', annotation: true, events: true, reapply: 600_000 }
const settings = {
  hash: 'h',
  checks: ['x'],
  interval: 60_000,
  unknownAfter: 300_000,
  publish,
  mistakes: [],
  aliases: {},
}
const head = {
  v: 1,
  at: '2026-11-24T00:00:00.000Z',
  boot: 1000,
  took: 5,
  settings,
  host: { hostname: 'n', os: 'Debian', distro: 'debian', kernel: '6.1.0', arch: 'amd64' },
  probing: { watched: 1, refused: 0, abandoned: 0, cut: 0 },
  crashes: [],
  seen: [],
  fix: null,
}

export const foundRounds: ByName = rounds()

function rounds(): ByName {
  const file =
    (changes: object, checks: readonly object[] = [check]) =>
    (): RoundFile => {
      const lines = checks.map((one) => JSON.stringify(one)).join(',\n')
      const text = `${JSON.stringify({ ...head, ...changes }).slice(0, -1)},"checks":[\n${lines}\n]}`
      return { before: 0, bytes: Buffer.from(text).toString('latin1') }
    }
  const taken = 'it was taken'
  return {
    'two checks of one name': { did: taken, input: file({}, [check, { ...check, title: 'u' }]) },
    'applied again in ages': {
      did: taken,
      input: file({ settings: { ...settings, publish: { ...publish, reapply: 1e12 } } }),
    },
    'applied again without pause': {
      did: taken,
      input: file({ settings: { ...settings, publish: { ...publish, reapply: 1e-9 } } }),
    },
    'never stale': { did: taken, input: file({ settings: { ...settings, interval: 1e300 } }) },
    'never unknown': { did: taken, input: file({ settings: { ...settings, unknownAfter: 1e300 } }) },
    'a round of ages': { did: taken, input: file({ took: 1e300 }) },
    'fewer than no watches': { did: taken, input: file({ probing: { ...head.probing, watched: -1 } }) },
    'ready because nothing was found': { did: taken, input: file({}, [{ ...check, state: 'ready' }]) },
    'a finding that is ready because nothing was found': {
      did: taken,
      input: file({}, [{ ...check, findings: [{ ...finding, state: 'ready' }] }]),
    },
    'an escape sequence': { did: taken, input: file({}, [{ ...check, message: 'a\u001b[31m' }]) },
    'a second line': { did: 'a gate would read it', input: file({}, [{ ...check, message: 'm\nready' }]) },
    'a long version': { did: 'it was repeated in whole', input: file({ v: 'x'.repeat(52_000) }) },
  }
}
