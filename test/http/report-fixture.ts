import { relevanceOf, withRelevance } from '#agent/model/relevance.ts'
import type { Crash, Finding, Report, ReportCheck, ReportSource } from '#agent/model/report.ts'
import { noChanges } from '#agent/model/settle.ts'
import type { State } from '#agent/model/state.ts'
import type { Change } from '#agent/model/history.ts'
import { probingWith, settingsWith } from '../model/settings.ts'
import { plainHost } from '../model/host-facts.ts'

/** A source whose report, staleness and publishing a test sets by hand. */
export interface FakeSource extends ReportSource {
  stalled: string | null
  unpublished: string | null
  /** By check. */
  changes: Readonly<Record<string, readonly Change[]>>
  /** How many are subscribed now. */
  readonly subscribers: number
  put(report: Report | null): void
}

export function fakeSource(report: Report | null = makeReport()): FakeSource {
  const listeners = new Set<(report: Report) => void>()
  let current = report
  return {
    stalled: null,
    unpublished: null,
    changes: {},
    get subscribers() {
      return listeners.size
    },
    current: () => current,
    age: () => 12,
    stale() {
      return this.stalled
    },
    history(check) {
      return { since: startedAt, changes: this.changes[check] ?? [] }
    },
    subscribe(next) {
      listeners.add(next)
      return () => listeners.delete(next)
    },
    put(next) {
      current = next
      if (next !== null) for (const listener of listeners) listener(next)
    },
  }
}

/** Since when the source keeps changes. */
export const startedAt = '2026-11-24T06:00:00.000Z'

export const hostile = `<script>globalThis.broken = 1</script><img src=x onerror="globalThis.broken = 1">' "&amp;`

/** One check of each state, with what hosts and check files may put into one. */
export function makeReport(changes: Readonly<Record<string, Partial<ReportCheck>>> = {}): Report {
  return {
    v: 1,
    node: 'worker-1',
    at: '2026-11-24T08:00:00.000Z',
    took: 12,
    settings: settingsWith({
      checks: checks.map(({ name }) => name),
      aliases: { nvidia: 'gpu', elsewhere: 'not-asked' },
    }),
    probing: probingWith({ watched: 24, refused: 1 }),
    crashes: [],
    seen: [],
    fix: `${install}\nsystemctl enable --now chronyd`,
    host: {
      hostname: 'worker-1',
      os: 'Debian GNU/Linux 12 (bookworm)',
      distro: 'debian',
      kernel: '6.1.0-28-amd64',
      arch: 'amd64',
      ...plainHost,
    },
    checks: checks.map((check) => ({ ...check, ...changes[check.name] })),
  }
}

export function crash(changes: Partial<Crash> = {}): Crash {
  return {
    namespace: 'longhorn-system',
    pod: 'longhorn-manager-5mc6p',
    container: 'longhorn-manager',
    need: 'binary:iscsiadm',
    checks: ['open-iscsi', 'longhorn'],
    restarts: 3,
    since: '2026-11-24T07:58:00.000Z',
    ended: '2026-11-24T07:59:00.000Z',
    fixed: null,
    ...changes,
  }
}

/** As it is served: each check with why it matters. */
export function servedReport(report: Report) {
  const relevance = relevanceOf(report)
  return { ...report, checks: report.checks.map((check) => withRelevance(check, relevance)) }
}

/** A change of open-iscsi. */
export const turned = {
  at: '2026-11-24T07:00:00.000Z',
  from: 'ready',
  to: 'missing',
  reason: 'BinaryNotFound',
  message: 'iscsiadm went away',
} as const

export const readyIscsi: Partial<ReportCheck> = {
  state: 'ready',
  published: published('ready'),
  reason: 'AllReady',
  message: 'all 2 needs are met',
  fix: null,
  changes: 2,
  changesTo: { ...noChanges, missing: 1, ready: 1 },
  findings: [
    finding({ evidence: ['/usr/sbin/iscsiadm, version 2.1.8'] }),
    finding({
      need: 'unit:iscsid.socket',
      kind: 'unit',
      reason: 'UnitReady',
      message: 'iscsid.socket is active (listening)',
    }),
  ],
}

const install = 'apt-get update && apt-get install -y open-iscsi\nsystemctl enable --now iscsid'

const checks: readonly ReportCheck[] = [
  check({ name: 'kubernetes-node', title: 'A Kubernetes node', message: 'all 14 needs are met' }),
  check({
    name: 'open-iscsi',
    title: 'iSCSI initiator (open-iscsi)',
    why: 'Volumes are attached by iscsiadm, run on the host; without it the pods that use them crash or hang.',
    state: 'missing',
    published: published('missing'),
    reason: 'BinaryNotFound',
    message: "iscsiadm is not on the host's PATH (and 1 more)",
    fix: install,
    changes: 1,
    changesTo: { ...noChanges, missing: 1 },
    findings: [
      finding({
        state: 'missing',
        reason: 'BinaryNotFound',
        message: "iscsiadm is not on the host's PATH",
        evidence: ['looked in /usr/local/sbin, /usr/sbin, /sbin'],
        why: 'Longhorn runs it through nsenter.',
        fix: install,
      }),
      finding({
        need: 'unit:iscsid.service',
        kind: 'unit',
        state: 'missing',
        reason: 'UnitNotFound',
        message: 'unit iscsid.service or iscsid.socket does not exist',
        fix: 'systemctl enable --now iscsid',
      }),
    ],
  }),
  check({
    name: 'nfs-client',
    title: 'NFS client',
    state: 'unknown',
    published: published('ready'),
    reason: 'PermissionDenied',
    message: 'no permission to check /etc/nfs.conf: EACCES',
    findings: [
      finding({
        need: 'file:/etc/nfs.conf',
        kind: 'file',
        state: 'unknown',
        reason: 'PermissionDenied',
        message: 'no permission to check /etc/nfs.conf: EACCES',
        evidence: [hostile],
      }),
    ],
  }),
  check({
    name: 'time-sync',
    title: 'Synchronised clock',
    reason: 'RecommendedMissing',
    message: 'usable, but recommended: chronyd.service is not enabled at boot',
    fix: 'systemctl enable --now chronyd',
    findings: [
      finding({
        need: 'anyOf:1',
        kind: 'anyOf',
        state: 'missing',
        reason: 'UnitNotEnabled',
        recommended: true,
        message: 'chronyd.service is not enabled at boot',
        fix: 'systemctl enable --now chronyd',
        findings: [
          finding({
            need: 'unit:chronyd.service',
            kind: 'unit',
            state: 'missing',
            reason: 'UnitNotEnabled',
            message: 'chronyd.service is not enabled at boot',
          }),
        ],
      }),
    ],
  }),
  check({
    name: 'gpu',
    title: 'GPU driver',
    state: 'not-applicable',
    published: published('not-applicable'),
    reason: 'NotApplicable',
    message: 'does not apply here: arch is amd64, not arm64',
    findings: [],
  }),
]

function check(some: Partial<ReportCheck>): ReportCheck {
  return {
    name: 'c',
    title: 'C',
    why: 'Pods need it.',
    state: 'ready',
    reason: 'AllReady',
    message: 'its need is met',
    fix: null,
    findings: [finding({ need: 'binary:mount', message: 'mount is at /usr/bin/mount' })],
    since: '2026-11-24T07:00:00.000Z',
    isPublished: true,
    published: published('ready'),
    pending: null,
    changes: 0,
    changesTo: noChanges,
    flaps: 0,
    ...some,
  }
}

function finding(some: Partial<Finding>): Finding {
  return {
    need: 'binary:iscsiadm',
    kind: 'binary',
    state: 'ready',
    reason: 'BinaryFound',
    message: 'iscsiadm is at /usr/sbin/iscsiadm',
    evidence: [],
    why: '',
    fix: null,
    recommended: false,
    ...some,
  }
}

function published(state: State): ReportCheck['published'] {
  return {
    state,
    since: '2026-11-20T08:00:00.000Z',
    reason: 'AllReady',
    message: '',
    fix: null,
    was: null,
    needs: [],
  }
}
