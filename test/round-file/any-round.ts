import { resultAsFinding } from '#agent/model/included.ts'
import { stateOf } from '#agent/model/reason.ts'
import type { Reason } from '#agent/model/reason.ts'
import { reasons } from '#agent/model/reasons.ts'
import type { CheckResult, Crash, Finding, Round } from '#agent/model/report.ts'
import { shownConditions } from '#agent/model/state.ts'
import type { Chance } from './chance.ts'
import { plainHost } from '../model/host-facts.ts'

/** Any round that the types allow, whose names and reasons are those of a catalogue. */
export function anyRound(chance: Chance, count = anyCount(chance)): Round {
  const checks = anyChecks(chance, count)
  const names = checks.map(({ name }) => name)
  const flags = {
    labels: chance.is(0.5),
    conditions: chance.pick(shownConditions),
    annotation: chance.is(0.5),
    events: true,
  }
  return {
    v: 1,
    at: chance.pick([
      '2026-11-24T00:00:00.000Z',
      '',
      'x',
      '+275760-09-13T00:00:00.000Z',
      '1969-12-31T23:00:00Z',
    ]),
    boot: anyNumber(chance),
    took: anyNumber(chance),
    settings: {
      hash: anyText(chance),
      checks: names.filter((_, index) => index < 60 && chance.is(0.5)),
      interval: anyNumber(chance),
      unknownAfter: anyNumber(chance),
      publish: { ...flags, reapply: anyNumber(chance) },
      mistakes: anyList(chance, chance.pick([0, 3, 25, chance.is(0.005) ? 20_000 : 1])),
      aliases: anyAliases(chance, names),
    },
    host: {
      hostname: anyText(chance),
      os: anyText(chance),
      distro: chance.is(0.5) ? null : anyText(chance),
      kernel: null,
      arch: anyText(chance),
      ...plainHost,
    },
    probing: {
      watched: anyNumber(chance),
      refused: anyNumber(chance),
      lost: anyNumber(chance),
      spawned: {
        unit: anyNumber(chance),
        run: anyNumber(chance),
        setting: anyNumber(chance),
        file: anyNumber(chance),
        sweep: anyNumber(chance),
      },
      abandoned: anyNumber(chance),
      cut: anyNumber(chance),
    },
    crashes: anyCrashes(chance, names),
    seen: names.map((check) => ({ check, by: chance.pick(['container', 'driver']) })),
    fix: chance.is(0.5) ? null : anyText(chance),
    checks,
  }
}

function anyCrashes(chance: Chance, names: readonly string[]): readonly Crash[] {
  return Array.from({ length: chance.pick([0, 0, 1, 200]) }, () => ({
    namespace: chance.pick(['longhorn-system', anyText(chance)]),
    pod: chance.pick(['longhorn-manager-5mc6p', anyText(chance)]),
    container: chance.pick(['longhorn-manager', anyText(chance)]),
    need: anyText(chance),
    checks: chance.is(0.1) ? [] : names,
    restarts: anyNumber(chance),
    since: chance.pick(['2026-11-29T14:02:00.000Z', anyText(chance)]),
    ended: '2026-11-29T14:02:00.000Z',
    fixed: chance.pick([null, '2026-11-29T14:02:00.000Z']),
  }))
}

function anyCount(chance: Chance): number {
  return chance.is(0.005) ? chance.pick([300, 3_000]) : chance.below(10)
}

function anyChecks(chance: Chance, count: number): readonly CheckResult[] {
  const checks: CheckResult[] = []
  // Of many, or of those that hold each other over and over, each is small.
  const tower = count < 20 && chance.is(0.05)
  for (let number = 0; number < (tower ? 60 : count); number++)
    checks.push(
      tower ? doubling(chance, number, checks) : anyCheck(chance, { number, checks, isSmall: count > 20 }),
    )
  return chance.is(0.5) ? checks : checks.toReversed()
}

interface Place {
  readonly number: number
  /** Those that it may include. */
  readonly checks: readonly CheckResult[]
  readonly isSmall: boolean
}

function anyCheck(chance: Chance, { number, checks, isSmall }: Place): CheckResult {
  const text = () => (isSmall ? 'x'.repeat(chance.below(300)) : anyText(chance))
  const reason = anyReason(chance)
  const words = { title: text(), why: text(), state: stateOf(reason), reason, message: text() }
  const findings = isSmall ? [] : anyFindings(chance, checks, 1)
  return {
    name: chance.pick([`c${number}`, `${'long-'.repeat(10)}${number}`]),
    ...words,
    fix: chance.is(0.3) ? null : text(),
    ...(chance.is(0.3) && { sources: anySources(chance) }),
    findings,
    ...(chance.is(0.1) && { omitted: chance.pick([1, 7, 1e300, 0, 0.5]) }),
  }
}

function anySources(chance: Chance): readonly string[] {
  const source = () =>
    chance.pick([
      'https://example.com/a?b=c#d',
      'javascript:alert(1)',
      `https://x/${'y'.repeat(2_000)}`,
      anyText(chance),
    ])
  return Array.from({ length: chance.pick([0, 1, 9, 60]) }, source)
}

/** Includes the one before twice: sixty of them are more findings than there are atoms. */
function doubling(chance: Chance, number: number, checks: readonly CheckResult[]): CheckResult {
  const before = checks.at(-1)
  const included = before === undefined ? [] : [includedAs(before, {}), includedAs(before, { why: 'mine' })]
  const changed = chance.is(0.2) ? included.map((one) => ({ ...one, fix: 'other' })) : included
  const said = { state: 'ready', reason: 'AllReady', message: 'm', fix: null } as const
  return { name: `c${number}`, title: 't', why: 'w', ...said, findings: changed }
}

function anyFindings(chance: Chance, checks: readonly CheckResult[], depth: number): readonly Finding[] {
  const many = chance.is(0.001) ? 3_000 : 4
  const some = Array.from({ length: chance.below(many) }, () => anyFinding(chance, checks, depth))
  return chance.is(0.005) ? [deep(some[0] ?? leaf(chance), chance.pick([40, 60, 1_000]))] : some
}

function anyFinding(chance: Chance, checks: readonly CheckResult[], depth: number): Finding {
  const included = chance.is(0.2) ? checks[chance.below(checks.length)] : undefined
  if (included !== undefined) return includedAs(included, anyChange(chance))
  if (depth > 3 || chance.is(0.7)) return leaf(chance)
  return { ...leaf(chance), kind: 'anyOf', findings: anyFindings(chance, checks, depth + 1) }
}

function leaf(chance: Chance): Finding {
  const reason = anyReason(chance)
  return {
    need: anyText(chance),
    kind: chance.is(0.9) ? 'binary' : anyText(chance),
    state: stateOf(reason),
    reason,
    message: anyText(chance),
    evidence: anyList(chance, chance.pick([0, 0, 1, 2, chance.is(0.02) ? 300 : 0])),
    why: anyText(chance),
    fix: chance.is(0.5) ? null : anyText(chance),
    recommended: chance.is(0.3),
  }
}

function includedAs(check: CheckResult, change: Partial<Finding>): Finding {
  const need = { need: `check:${check.name}`, kind: 'check', why: check.why, recommended: false }
  return { ...need, ...resultAsFinding(check), ...change }
}

function anyChange(chance: Chance): Partial<Finding> {
  return chance.pick<Partial<Finding>>([
    {},
    {},
    { why: anyText(chance) },
    { recommended: true },
    { fix: 'other' },
  ])
}

function deep(inner: Finding, levels: number): Finding {
  const around = (findings: readonly Finding[]): Finding => ({ ...inner, findings })
  let whole = inner
  for (let level = 0; level < levels; level++) whole = around([whole])
  return whole
}

const allReasons = Object.keys(reasons) as Reason[]

function anyReason(chance: Chance): Reason {
  return chance.pick(allReasons)
}

function anyNumber(chance: Chance): number {
  const odd = [Number.NaN, Infinity, -Infinity, -1, -0, 0.5, 1e-9, 1e300, 2 ** 53, 5e-324]
  return chance.is(0.5) ? chance.pick(odd) : chance() * 1e6
}

function anyAliases(chance: Chance, names: readonly string[]): Readonly<Record<string, string>> {
  const count = chance.is(0.002) ? 8_000 : chance.below(5)
  const pairs = Array.from({ length: count }, (_, number) => [`a${number}`, names[number % 7] ?? 'none'])
  return Object.fromEntries(chance.is(0.1) ? [...pairs, ['Not A Name', 'x'], ['constructor', 'c1']] : pairs)
}

function anyList(chance: Chance, count: number): readonly string[] {
  return Array.from({ length: count }, () => (count > 100 ? 'a line' : anyText(chance)))
}

const parts = [
  'x',
  'apt-get install -y open-iscsi',
  '\n',
  '\r\nready\r\n',
  '\u0000\u001b[2J\u0007\u009b',
  '\u202e\u2066\u200f\ufeff',
  '\u2028\u2029',
  '\ud800',
  '\udc00\ud83d',
  '🦆',
  'é',
  '"\\"',
  '\u0000',
  '\t ',
  '</script>',
  '{"name":"c1"',
  '… (7 more characters)',
]

/** Mostly short; some about as long as a bound, and a few far longer. */
function anyText(chance: Chance): string {
  if (chance.is(0.15)) return ''
  const length = chance.is(0.96)
    ? chance.below(40)
    : chance.pick([1_000, 1_990, 2_000, 2_010, 49_990, 50_010])
  const most = chance.is(0.0005) ? 300_000 : length
  const words = Array.from({ length: 1 + chance.below(6) }, () => chance.pick(parts)).join('')
  return words.repeat(Math.ceil(most / words.length)).slice(0, most)
}
