import { describe, expect, test } from 'vitest'
import { catalog, fakeNode, longhornLine } from './fake-node.ts'

const minute = 60_000
const manager = { pod: 'longhorn-manager-5mc6p', namespace: 'longhorn-system', container: 'longhorn-manager' }
const crashing = { ...manager, log: longhornLine }

/** A node that lacks iscsiadm since some time. */
function withoutIscsiadm(settings?: Parameters<typeof fakeNode>[0]) {
  const node = fakeNode(settings)
  node.need('open-iscsi', 'binary:iscsiadm', 'missing')
  node.look()
  node.pass(minute)
  return node
}

describe('a container that crashes because of what the host lacks', () => {
  test('is told after its second end, with the need and the checks', () => {
    const node = withoutIscsiadm()
    expect(node.crash(crashing)).toEqual([])
    const [crash, ...others] = node.crash(crashing)
    expect(others).toEqual([])
    expect(crash).toEqual({
      ...manager,
      need: 'binary:iscsiadm',
      checks: expect.arrayContaining(['open-iscsi', 'longhorn']),
      restarts: 1,
      since: new Date(node.now()).toISOString(),
      ended: new Date(node.now() - 10_000).toISOString(),
      fixed: null,
    })
    expect(crash?.checks[0]).toBe('open-iscsi')
  })

  test('wakes the prober once, by its second end, though no round is made in between', () => {
    const node = withoutIscsiadm()
    node.start({ pod: 'other' })
    expect(node.wakes()).toBe(false)
    for (const wakes of [false, false, true, false, false]) {
      const attempt = node.start(manager)
      expect(node.wakes()).toBe(wakes)
      node.pass(1_000)
      node.end(attempt, { log: longhornLine })
      node.pass(10_000)
    }
    expect(node.look()).toHaveLength(1)
  })

  test('names the checks that have the need themselves first', () => {
    const node = withoutIscsiadm()
    node.need('democratic-csi-iscsi', 'binary:iscsiadm', 'missing')
    node.crash(crashing)
    const checks = node.crash(crashing)[0]?.checks ?? []
    const having = checks.filter((name) =>
      catalog.get(name)?.needs.some(({ id }) => id === 'binary:iscsiadm'),
    )
    expect(having).toContain('democratic-csi-iscsi')
    expect(checks.slice(0, 2)).toEqual(['open-iscsi', 'democratic-csi-iscsi'])
  })

  test('is told since the same time while it goes on, with its newest end and its restarts', () => {
    const node = withoutIscsiadm()
    node.crash(crashing)
    const [first] = node.crash(crashing)
    for (const wait of [20_000, 40_000, 80_000, 160_000, 300_000]) node.crash({ ...crashing, wait })
    const [last] = node.crash({ ...crashing, wait: 300_000 })
    expect(last).toMatchObject({ since: first?.since, restarts: 7, fixed: null })
    expect(last?.ended).toBe(new Date(node.now() - 300_000).toISOString())
  })

  test('is told again after the agent was started again, of attempts that began since', () => {
    const node = withoutIscsiadm()
    for (let times = 0; times < 6; times++) node.crash({ ...crashing, wait: 300_000 })
    node.restartAgent()
    expect(node.look()).toEqual([])
    node.pass(1_000)
    expect(node.crash({ ...crashing, wait: 300_000 })).toMatchObject([{ restarts: 6 }])
  })

  test('one is found behind many others', () => {
    const node = withoutIscsiadm()
    for (let number = 0; number < 300; number++) node.start({ pod: `pod-${number}` })
    node.crash(crashing)
    expect(node.crash(crashing)).toMatchObject([{ pod: manager.pod }])
    expect(node.reads.tail).toBe(1)
  })
})

describe('it is not told any more', () => {
  test('when its next attempt runs for a minute', () => {
    const node = withoutIscsiadm()
    node.crash(crashing)
    node.crash(crashing)
    node.start(manager)
    node.pass(minute - 1)
    expect(node.look()).toHaveLength(1)
    node.pass(2)
    expect(node.look()).toEqual([])
  })

  test('not before it ran for longer than the last time', () => {
    const node = withoutIscsiadm()
    node.crash(crashing)
    const slow = node.start(manager)
    node.pass(4 * minute)
    node.end(slow, { log: longhornLine })
    expect(node.look()).toHaveLength(1)
    node.start(manager)
    node.pass(2 * minute)
    expect(node.look()).toHaveLength(1)
    node.pass(2 * minute + 1)
    expect(node.look()).toEqual([])
  })

  test('when its pod is gone, though another of the same name comes', () => {
    const node = withoutIscsiadm()
    node.crash(crashing)
    node.crash(crashing)
    node.remove(manager)
    node.start({ ...manager, uid: 'u2' })
    expect(node.look()).toEqual([])
  })

  test('when it is not started again for a long time', () => {
    const node = withoutIscsiadm()
    node.crash(crashing)
    node.crash(crashing)
    node.pass(16 * minute)
    expect(node.look()).toEqual([])
  })

  test('when its newest attempt ended for another reason', () => {
    const node = withoutIscsiadm()
    node.crash(crashing)
    expect(node.crash(crashing)).toHaveLength(1)
    expect(node.crash({ ...manager, code: 137, log: longhornLine })).toEqual([])
    expect(node.crash(crashing)).toHaveLength(1)
    expect(node.crash({ ...manager, log: 'panic: nil pointer\n' })).toEqual([])
  })

  test('when watching is switched off, and nothing is read then', () => {
    const node = withoutIscsiadm()
    node.crash(crashing)
    node.crash(crashing)
    node.settings = { watch: false, exclude: [] }
    const { links } = node.reads
    expect(node.look()).toEqual([])
    node.start(manager)
    expect([node.wakes(), node.reads.links]).toEqual([false, links])
    node.settings = { watch: true, exclude: [] }
    expect(node.look()).toEqual([])
    node.pass(1_000)
    node.crash(crashing)
    expect(node.crash(crashing)).toHaveLength(1)
  })

  test('when its namespace is left out', () => {
    const node = withoutIscsiadm()
    node.crash(crashing)
    node.crash(crashing)
    node.settings = { watch: true, exclude: ['longhorn-system'] }
    expect(node.look()).toEqual([])
  })
})

describe('once the need is ready', () => {
  function fixedNode() {
    const node = withoutIscsiadm()
    node.crash(crashing)
    node.crash({ ...crashing, wait: 20_000 })
    node.need('open-iscsi', 'binary:iscsiadm', 'ready')
    return node
  }

  test('it says since when, with the checks, until the container runs', () => {
    const node = fixedNode()
    const fixed = new Date(node.now()).toISOString()
    expect(node.look()).toMatchObject([{ fixed, checks: expect.arrayContaining(['open-iscsi']) }])
    node.pass(4 * minute)
    expect(node.look()).toMatchObject([{ fixed, restarts: 1 }])
    node.start(manager)
    expect(node.look()).toHaveLength(1)
    node.pass(1_001)
    expect(node.look()).toEqual([])
  })

  test('an attempt that ends then accuses nothing', () => {
    const node = fixedNode()
    node.look()
    expect(node.crash(crashing)).toEqual([])
  })

  test('one that had begun before keeps it', () => {
    const node = withoutIscsiadm()
    node.crash(crashing)
    node.crash(crashing)
    const attempt = node.start(manager)
    node.pass(500)
    node.need('open-iscsi', 'binary:iscsiadm', 'ready')
    expect(node.look()).toMatchObject([{ restarts: 2 }])
    node.end(attempt, { log: longhornLine })
    node.pass(10_000)
    expect(node.look()).toMatchObject([{ restarts: 2, fixed: expect.any(String) }])
  })

  test('a need in doubt is not fixed, and missing again it is not either', () => {
    const node = withoutIscsiadm()
    node.crash(crashing)
    node.crash(crashing)
    node.need('open-iscsi', 'binary:iscsiadm', 'unknown')
    expect(node.look()).toMatchObject([{ fixed: null }])
    node.need('open-iscsi', 'binary:iscsiadm', 'ready')
    node.look()
    node.need('open-iscsi', 'binary:iscsiadm', 'missing')
    expect(node.look()).toMatchObject([{ fixed: null }])
  })
})

describe('nothing is accused', () => {
  /** Ends often enough to be a loop. */
  function loop(node: ReturnType<typeof fakeNode>, ends: Parameters<typeof node.crash>[0]) {
    for (let times = 0; times < 4; times++) expect(node.crash(ends)).toEqual([])
  }

  test.each([
    ['its own bug', { log: 'Error: Cannot find module "./main"\n' }],
    [
      "its image's own lack of a program",
      {
        log: '2026-11-29T13:00:00.0Z stderr F fatal: exec: "iscsiadm": executable file not found in $PATH\n',
      },
    ],
    ['too much memory', { log: longhornLine, code: 137, reason: 'OOMKilled' }],
    ['too much memory of a child', { log: longhornLine, code: 1, reason: 'OOMKilled' }],
    ['its liveness probe, by SIGKILL', { log: longhornLine, code: 137 }],
    ['its liveness probe, by SIGTERM', { log: longhornLine, code: 143 }],
    ['success', { log: longhornLine, code: 0, reason: 'Completed' }],
    ['an end that containerd did not see', { log: longhornLine, code: 255, reason: 'Unknown' }],
  ])('by a container that ends for %s', (_, ends) => {
    loop(withoutIscsiadm(), { ...manager, ...ends })
  })

  test('on a host that has the need', () => {
    const node = fakeNode()
    node.look()
    loop(node, crashing)
  })

  test('on a host of which it is unknown', () => {
    const node = fakeNode()
    node.need('open-iscsi', 'binary:iscsiadm', 'unknown')
    node.look()
    loop(node, crashing)
  })

  test('when another need of the check is missing than the one of the line', () => {
    const node = fakeNode()
    node.need('longhorn', 'kernelVersion:>=5.8', 'missing')
    node.look()
    loop(node, crashing)
  })

  test('when the need went missing after the attempt had begun', () => {
    const node = fakeNode()
    node.look()
    node.crash(crashing)
    const attempt = node.start(manager)
    node.pass(500)
    node.need('open-iscsi', 'binary:iscsiadm', 'missing')
    node.look()
    node.pass(500)
    node.end(attempt, { log: longhornLine })
    expect(node.look()).toEqual([])
    node.pass(20_000)
    expect(node.crash(crashing)).toHaveLength(1)
  })

  test('by an attempt that began before the agent', () => {
    const node = fakeNode()
    node.need('open-iscsi', 'binary:iscsiadm', 'missing')
    node.end(node.start(manager), { log: longhornLine })
    node.pass(10_000)
    node.end(node.start(manager), { log: longhornLine })
    expect(node.look()).toEqual([])
    node.pass(minute)
    expect(node.look()).toEqual([])
  })

  test('by ends that are far from each other', () => {
    loop(withoutIscsiadm(), { ...crashing, wait: 11 * minute })
  })

  test('by pods of the same name, each of which ends once', () => {
    const node = withoutIscsiadm()
    for (const uid of ['u1', 'u2', 'u3']) expect(node.crash({ ...crashing, uid })).toEqual([])
  })

  test('by a reboot of the node, after which every container was started once more', () => {
    const node = withoutIscsiadm()
    for (let number = 0; number < 30; number++) {
      const attempt = node.start({ pod: `pod-${number}` })
      attempt.log = longhornLine
    }
    node.crash({ ...crashing, pod: 'crashed', wait: 300_000 })
    node.crash({ ...crashing, pod: 'crashed', wait: 5_000 })
    node.reboot()
    expect(node.look()).toEqual([])
    for (let number = 0; number < 30; number++) node.start({ pod: `pod-${number}` })
    node.start({ ...manager, pod: 'crashed' })
    expect(node.look()).toEqual([])
    node.pass(minute)
    expect(node.look()).toEqual([])
    // The network is not there yet.
    const early = node.newest('default_pod-7_u1/web')
    if (early) node.end(early, { log: longhornLine })
    expect(node.look()).toEqual([])
  })

  test('by what was before the clock was set', () => {
    const node = withoutIscsiadm()
    node.crash(crashing)
    node.setClock(-30 * minute)
    expect(node.look()).toEqual([])
    expect(node.crash(crashing)).toEqual([])
    expect(node.crash(crashing)).toHaveLength(1)
  })

  test('by a custom check, whatever its pattern', () => {
    const node = withoutIscsiadm()
    const check = catalog.get('open-iscsi')
    const symptom = {
      log: 'hunter2',
      means: 'm',
      need: 'binary:iscsiadm',
      source: null,
      unverified: null,
      isAmbiguous: false,
    }
    const withSymptom = (origin: 'shipped' | 'custom') =>
      new Map(check && [[check.name, { ...check, origin, symptoms: [symptom] }]])
    node.catalog = withSymptom('custom')
    loop(node, { ...manager, log: 'password=hunter2\n' })
    node.catalog = withSymptom('shipped')
    expect(node.crash({ ...manager, log: 'password=hunter2\n' })).toHaveLength(1)
  })
})
