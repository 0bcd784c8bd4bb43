import { describe, expect, test } from 'vitest'
import type { Answer, Question, UnitProperties } from '#agent/model/question.ts'
import { unit } from '#agent/needs/unit/unit.ts'
import { absent, found, judgeBy, provesNothing } from './answer-each.ts'
import { debian } from './memory-host.ts'

type Shown = [load: string, active: string, sub: string, file: string]
const shown: Record<string, Shown> = {
  running: ['loaded', 'active', 'running', 'enabled'],
  listening: ['loaded', 'active', 'listening', 'enabled'],
  done: ['loaded', 'active', 'exited', 'static'],
  reloading: ['loaded', 'reloading', 'reload', 'enabled'],
  dead: ['loaded', 'inactive', 'dead', 'disabled'],
  deadButEnabled: ['loaded', 'inactive', 'dead', 'enabled'],
  staticDead: ['loaded', 'inactive', 'dead', 'static'],
  masked: ['masked', 'inactive', 'dead', 'masked'],
  absent: ['not-found', 'inactive', 'dead', ''],
  failed: ['loaded', 'failed', 'failed', 'enabled'],
  starting: ['loaded', 'activating', 'start', 'enabled'],
  restarting: ['loaded', 'activating', 'auto-restart', 'enabled'],
  stopping: ['loaded', 'deactivating', 'stop', 'enabled'],
  broken: ['bad-setting', 'inactive', 'dead', 'enabled'],
  generated: ['loaded', 'active', 'running', 'generated'],
  maskedAndRunning: ['masked', 'active', 'running', 'masked'],
  deletedAndRunning: ['not-found', 'active', 'running', ''],
  restartQueued: ['loaded', 'activating', 'auto-restart-queued', 'static'],
  oneshot: ['loaded', 'activating', 'start', 'static'],
  mounted: ['loaded', 'active', 'mounted', ''],
  waiting: ['loaded', 'active', 'waiting', 'enabled'],
  runtime: ['loaded', 'inactive', 'dead', 'enabled-runtime'],
  linked: ['loaded', 'inactive', 'dead', 'linked'],
  indirect: ['loaded', 'inactive', 'dead', 'indirect'],
}

describe('systemd', () => {
  test.each<[string, string, string, string]>([
    ['running', 'active', 'ready', 'UnitReady'],
    ['listening', 'active', 'ready', 'UnitReady'],
    ['done', 'active', 'ready', 'UnitReady'],
    ['reloading', 'active', 'ready', 'UnitReady'],
    ['dead', 'active', 'missing', 'UnitInactive'],
    ['masked', 'active', 'missing', 'UnitMasked'],
    ['absent', 'active', 'missing', 'UnitNotFound'],
    ['failed', 'active', 'missing', 'UnitFailed'],
    ['starting', 'active', 'unknown', 'UnitStarting'],
    ['restarting', 'active', 'missing', 'UnitInactive'],
    ['stopping', 'active', 'missing', 'UnitInactive'],
    ['broken', 'active', 'missing', 'UnitBroken'],
    ['maskedAndRunning', 'active', 'ready', 'UnitReady'],
    ['deletedAndRunning', 'active', 'ready', 'UnitReady'],
    ['deletedAndRunning', 'inactive', 'missing', 'UnitActive'],
    ['deletedAndRunning', 'enabled', 'missing', 'UnitNotFound'],
    ['restartQueued', 'active', 'missing', 'UnitInactive'],
    ['oneshot', 'active', 'unknown', 'UnitStarting'],
    ['mounted', 'active', 'ready', 'UnitReady'],
    ['waiting', 'active', 'ready', 'UnitReady'],
    ['runtime', 'enabled', 'ready', 'UnitReady'],
    ['linked', 'enabled', 'missing', 'UnitNotEnabled'],
    ['indirect', 'enabled', 'missing', 'UnitNotEnabled'],
    ['mounted', 'enabled', 'missing', 'UnitNotEnabled'],
    ['broken', 'enabled', 'missing', 'UnitBroken'],
    ['running', 'enabled', 'ready', 'UnitReady'],
    ['deadButEnabled', 'enabled', 'ready', 'UnitReady'],
    ['generated', 'enabled', 'ready', 'UnitReady'],
    ['dead', 'enabled', 'missing', 'UnitNotEnabled'],
    ['staticDead', 'enabled', 'missing', 'UnitNotEnabled'],
    ['masked', 'enabled', 'missing', 'UnitMasked'],
    ['absent', 'enabled', 'missing', 'UnitNotFound'],
    ['dead', 'inactive', 'ready', 'UnitReady'],
    ['absent', 'inactive', 'ready', 'UnitReady'],
    ['masked', 'inactive', 'ready', 'UnitReady'],
    ['failed', 'inactive', 'ready', 'UnitReady'],
    ['running', 'inactive', 'missing', 'UnitActive'],
    ['listening', 'inactive', 'missing', 'UnitActive'],
    ['restarting', 'inactive', 'missing', 'UnitActive'],
  ])('%s, wanted %s: %s', (name, wanted, state, reason) => {
    expect(judge({ unit: 'a.service', state: wanted }, { 'a.service': name })).toMatchObject({
      state,
      reason,
    })
  })

  test.each<[string, string, string, string, string]>([
    ['dead', 'listening', 'active', 'ready', 'UnitReady'],
    ['absent', 'dead', 'active', 'missing', 'UnitInactive'],
    ['absent', 'absent', 'active', 'missing', 'UnitNotFound'],
    ['absent', 'broken', 'active', 'missing', 'UnitBroken'],
    ['starting', 'dead', 'active', 'unknown', 'UnitStarting'],
    ['failed', 'dead', 'active', 'missing', 'UnitFailed'],
    ['dead', 'listening', 'inactive', 'missing', 'UnitActive'],
    ['dead', 'absent', 'inactive', 'ready', 'UnitReady'],
    // A socket counts only while its service can start.
    ['failed', 'listening', 'active', 'missing', 'UnitFailed'],
    ['masked', 'listening', 'active', 'missing', 'UnitMasked'],
    ['broken', 'listening', 'active', 'missing', 'UnitBroken'],
    ['restarting', 'listening', 'active', 'missing', 'UnitInactive'],
    ['absent', 'listening', 'active', 'ready', 'UnitReady'],
    ['starting', 'listening', 'active', 'ready', 'UnitReady'],
    ['maskedAndRunning', 'listening', 'active', 'ready', 'UnitReady'],
    ['masked', 'listening', 'enabled', 'missing', 'UnitMasked'],
    ['failed', 'listening', 'enabled', 'ready', 'UnitReady'],
    ['masked', 'listening', 'inactive', 'ready', 'UnitReady'],
    ['failed', 'listening', 'inactive', 'missing', 'UnitActive'],
    ['running', 'failed', 'active', 'ready', 'UnitReady'],
  ])('%s or %s, wanted %s: %s', (service, socket, wanted, state, reason) => {
    const written = { unit: { anyOf: ['a.service', 'a.socket'] }, state: wanted }
    expect(judge(written, { 'a.service': service, 'a.socket': socket })).toMatchObject({ state, reason })
  })

  test('a socket alone is asked with its service, and both are in the evidence', () => {
    const said = judge({ unit: 'a.socket' }, { 'a.service': 'failed', 'a.socket': 'listening' })
    expect(said).toMatchObject({ reason: 'UnitFailed', message: 'a.service has failed' })
    expect(said.fix?.run?.[0]).toBe('systemctl restart a.service')
    expect(said.evidence).toEqual([
      'a.socket: loaded, active (listening), enabled',
      'a.service: loaded, failed (failed), enabled',
    ])
  })

  test('what must not run is stopped in one command, a socket with its service', () => {
    const written = { unit: { anyOf: ['a.service', 'a.socket'] }, state: 'inactive' }
    expect(judge(written, { 'a.service': 'running', 'a.socket': 'listening' }).genericFix?.run).toEqual([
      'systemctl disable --now a.service a.socket',
    ])
    expect(judge(written, { 'a.service': 'dead', 'a.socket': 'listening' }).genericFix?.run).toEqual([
      'systemctl disable --now a.socket',
    ])
  })

  test('evidence names each of them', () => {
    const written = { unit: { anyOf: ['a.service', 'a.socket'] } }
    expect(judge(written, { 'a.service': 'dead', 'a.socket': 'listening' }).evidence).toEqual([
      'a.service: loaded, inactive (dead), disabled',
      'a.socket: loaded, active (listening), enabled',
    ])
  })

  test('each trouble has its own cure', () => {
    const cure = (name: string) => judge({ unit: 'a' }, { 'a.service': name }).fix?.run?.[0]
    expect(['dead', 'masked', 'failed', 'restarting', 'absent'].map(cure)).toEqual([
      'systemctl enable --now a.service',
      'systemctl unmask a.service',
      'systemctl restart a.service',
      'systemctl restart a.service',
      undefined,
    ])
  })

  test('a masked unit is unmasked, and then started', () => {
    expect(judge({ unit: 'a' }, { 'a.service': 'masked' }).fix?.run).toEqual([
      'systemctl unmask a.service',
      'systemctl enable --now a.service',
    ])
  })

  test('a backslash in a name reaches systemctl through the shell', () => {
    const written = { unit: String.raw`mnt-a\x2db.mount` }
    expect(judge(written, { [written.unit]: 'dead' }).fix?.run).toEqual([
      String.raw`systemctl enable --now 'mnt-a\x2db.mount'`,
    ])
  })

  test.each([
    [
      'staticDead',
      'a.service is static (it has no [Install] section; other units start it), not enabled at boot',
    ],
    ['linked', 'a.service is linked (systemd knows it, and nothing starts it), not enabled at boot'],
    ['mounted', 'a.service is without a unit file, not enabled at boot'],
    ['dead', 'a.service is disabled, not enabled at boot'],
  ])('%s is not enabled, in precise words', (name, message) => {
    expect(judge({ unit: 'a', state: 'enabled' }, { 'a.service': name }).message).toBe(message)
  })

  test('only what can be enabled is told to be', () => {
    const cure = (name: string) =>
      judge({ unit: 'a', state: 'enabled' }, { 'a.service': name }).genericFix?.run
    for (const name of ['dead', 'linked']) expect(cure(name)).toEqual(['systemctl enable a.service'])
    for (const name of ['staticDead', 'indirect', 'mounted']) expect(cure(name)).toBeUndefined()
  })

  test.each(provesNothing)('%j is unknown', (answer, reason) => {
    expect(judgeBy(unit, { unit: 'a' }, { answer: () => answer })).toMatchObject({ state: 'unknown', reason })
    expect(judgeBy(unit, { unit: 'a', state: 'inactive' }, { answer: () => answer })).toMatchObject({
      state: 'unknown',
    })
  })

  test('one that could not be asked beside one that is ready does not matter; beside a dead one it does', () => {
    const answer = (other: string) => (question: Question) =>
      question.ask === 'unit' && question.name === 'a.service' ? provesNothing[0][0] : show(other)
    const written = { unit: { anyOf: ['a.service', 'b.service'] } }
    expect(judgeBy(unit, written, { answer: answer('running') }).state).toBe('ready')
    expect(judgeBy(unit, { unit: 'a.socket' }, { answer: answer('listening') }).state).toBe('unknown')
    expect(judgeBy(unit, written, { answer: answer('dead') }).state).toBe('unknown')
  })
})

describe('OpenRC', () => {
  const on = (paths: readonly string[]) => (question: Question) =>
    'path' in question && paths.includes(question.path)
      ? found({ type: 'file', mode: 0o755, uid: 0, gid: 0, size: 1, realPath: question.path })
      : absent
  const judgeOpenrc = (written: unknown, paths: readonly string[]) =>
    judgeBy(unit, written, { answer: on(paths), facts: { init: { type: 'openrc' } } })
  const [script, started, failed] = [
    '/etc/init.d/iscsid',
    '/run/openrc/started/iscsid',
    '/run/openrc/failed/iscsid',
  ]

  test.each<[string, object, string[], string, string]>([
    ['started', {}, [script, started], 'ready', 'UnitReady'],
    ['stopped', {}, [script], 'missing', 'UnitInactive'],
    ['failed', {}, [script, failed], 'missing', 'UnitFailed'],
    ['absent', {}, [], 'missing', 'UnitNotFound'],
    ['in a runlevel', { state: 'enabled' }, [script, '/etc/runlevels/default/iscsid'], 'ready', 'UnitReady'],
    ['in none', { state: 'enabled' }, [script], 'missing', 'UnitNotEnabled'],
    ['stopped as wanted', { state: 'inactive' }, [script], 'ready', 'UnitReady'],
    ['started, unwanted', { state: 'inactive' }, [script, started], 'missing', 'UnitActive'],
    ['starting', {}, [script, '/run/openrc/starting/iscsid'], 'unknown', 'UnitStarting'],
    [
      'starting, unwanted',
      { state: 'inactive' },
      [script, '/run/openrc/starting/iscsid'],
      'missing',
      'UnitActive',
    ],
    ['absent, unwanted', { state: 'inactive' }, [], 'ready', 'UnitReady'],
  ])('%s', (_, written, paths, state, reason) => {
    expect(judgeOpenrc({ unit: 'iscsid.service', ...written }, paths)).toMatchObject({ state, reason })
  })

  test.each([
    [[], 'missing', 'UnitNotFound'],
    [['/etc/init.d/ntpd'], 'missing', 'UnitInactive'],
    [['/etc/init.d/ntpd', '/run/openrc/started/ntpd'], 'ready', 'UnitReady'],
  ])('of several units, any name will do: %j', (paths, state, reason) => {
    const written = { unit: { anyOf: ['chronyd.service', 'ntpd.service', 'ntpd.socket'] } }
    expect(judgeOpenrc(written, paths)).toMatchObject({ state, reason })
  })

  test.each(provesNothing)('runlevels: %j is unknown', (answer, reason) => {
    const answers = (question: Question) =>
      'path' in question && question.path.startsWith('/etc/runlevels/') ? answer : on([script])(question)
    const facts = { init: { type: 'openrc' } } as const
    expect(judgeBy(unit, { unit: 'iscsid', state: 'enabled' }, { answer: answers, facts })).toMatchObject({
      state: 'unknown',
      reason,
    })
  })

  test('a name of its own', () => {
    expect(judgeOpenrc({ unit: 'open-iscsi', openrc: 'iscsid' }, [script, started]).state).toBe('ready')
  })

  test.each(provesNothing)('%j is unknown', (answer, reason) => {
    const facts = { init: { type: 'openrc' } } as const
    expect(judgeBy(unit, { unit: 'a' }, { answer: () => answer, facts })).toMatchObject({
      state: 'unknown',
      reason,
    })
  })
})

test.each(['active', 'inactive', 'enabled'])('where neither is process 1, %s cannot be told', (state) => {
  const facts = { init: { type: 'other', name: 'tini' } } as const
  expect(judgeBy(unit, { unit: 'a', state }, { answer: () => absent, facts })).toMatchObject({
    state: 'unknown',
    reason: 'ServiceManagerUnknown',
  })
})

// systemd 252 itself refuses these, and then says nothing of the other units of the same `systemctl show`.
test.each([
  'a*.service',
  'a[b].service',
  'a?',
  'a b',
  '../x',
  'a/b',
  '',
  '.service',
  '@a.service',
  'getty@.service',
  'getty@',
  `${'a'.repeat(248)}.service`,
  'a'.repeat(248),
])('is no name of a unit: %j', (name) => {
  expect(unit.schema.safeParse({ unit: name }).success).toBe(false)
  expect(unit.schema.safeParse({ unit: { anyOf: ['a', name] } }).success).toBe(false)
})

test.each([
  ['iscsid', 'iscsid.service'],
  ['iscsid.socket', 'iscsid.socket'],
  ['getty@tty1', 'getty@tty1.service'],
  ['-.mount', '-.mount'],
  [String.raw`dev-disk-by\x2did-a@b.device`, String.raw`dev-disk-by\x2did-a@b.device`],
  ['a'.repeat(247), `${'a'.repeat(247)}.service`],
])('%s is asked as %s', (written, name) => {
  const spec = unit.schema.parse({ unit: written })
  expect(unit.questions(spec, debian)[0]).toEqual({ ask: 'unit', name })
})

function judge(written: unknown, units: Record<string, string>) {
  const answer = (question: Question) =>
    question.ask === 'unit' ? show(units[question.name] ?? 'absent') : absent
  return judgeBy(unit, written, { answer })
}

function show(name: string): Answer<UnitProperties> {
  const [LoadState, ActiveState, SubState, UnitFileState] = shown[name] ?? ['', '', '', '']
  return found({ LoadState, ActiveState, SubState, UnitFileState })
}
