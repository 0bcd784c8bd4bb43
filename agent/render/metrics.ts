import { Counter, Gauge, Registry } from 'prom-client'
import type { Crash, PublishStatus, Report, ReportCheck } from '#agent/model/report.ts'
import { isUsable, states } from '#agent/model/state.ts'

export interface MetricsInput {
  readonly report: Report | null
  readonly isStale: boolean
  /** null when nothing is published. */
  readonly publishing: PublishStatus | null
  /** Seconds since the newest round ended. */
  readonly age: number
}

/**
 * The report as Prometheus text. Each call fills a new registry from the report, so a counter agrees with the report however often it
 * is scraped. A need has a series only while something is wrong with it: all needs of all checks would be about a thousand series per
 * node.
 */
export function renderMetrics(input: MetricsInput): Promise<string> {
  const registry = new Registry()
  const { report } = input
  const gauge = gaugesIn(registry)
  addAgent(gauge, input)
  if (input.publishing !== null) addPublishing(registry, input.publishing)
  if (report !== null) {
    addRound(gauge, report, input.age)
    addStates(registry, report.checks)
    addNeeds(gauge, report.checks)
    addCrashes(gauge, report.crashes)
  }
  return registry.metrics()
}

function addAgent(gauge: MakeGauge, { report, isStale, publishing }: MetricsInput): void {
  gauge(
    'hostdeps_report_stale',
    '1 when no round has finished for so long that the report cannot be trusted.',
  ).set(Number(isStale || report === null))
  gauge('hostdeps_publish_ok', '1 when the Node agrees with this report, or nothing is to be published.').set(
    Number((publishing?.trouble ?? null) === null),
  )
  gauge(
    'hostdeps_config_mistakes',
    'Mistakes in the config and check files now; unless it is 0, the last valid settings stay in use.',
  ).set(report?.settings.mistakes.length ?? 0)
}

function addPublishing(registry: Registry, status: PublishStatus): void {
  const { applied, failed, events, eventsHeldBack, policyEnforced } = status
  const count = (name: string, help: string, value: number) =>
    new Counter({ name, help, registers: [registry] }).inc(value)
  count('hostdeps_node_applies_total', 'Applies to the Node that the API server accepted.', applied)
  count('hostdeps_node_failures_total', 'Reads of and applies to the Node that failed.', failed)
  count('hostdeps_events_total', 'Events about the Node that were created.', events)
  count(
    'hostdeps_events_held_back_total',
    'Changes without an event of their own: each check gets at most one in ten minutes.',
    eventsHeldBack,
  )
  if (policyEnforced === null) return
  const help =
    "1 when the admission policies confine the agent's token to its own Node; no series while that is unknown."
  gaugesIn(registry)('hostdeps_policy_enforced', help).set(Number(policyEnforced))
}

function addRound(gauge: MakeGauge, report: Report, age: number): void {
  gauge('hostdeps_round_duration_seconds', 'How long the newest round took.').set(report.took / 1000)
  gauge('hostdeps_round_age_seconds', 'How long ago the newest round ended.').set(age)
  const { watched, refused, abandoned, cut } = report.probing
  gauge('hostdeps_watched_places', 'Places of the host whose changes are seen at once.').set(watched)
  gauge(
    'hostdeps_watches_refused',
    'Places that the kernel refuses to watch; their changes are seen in the next round.',
  ).set(refused)
  gauge(
    'hostdeps_abandoned_processes',
    'Processes that were killed at their deadline and are still there (D state).',
  ).set(abandoned)
  gauge(
    'hostdeps_checks_cut',
    'Checks that had something left out (text, evidence, findings, or all) because they or the round would be too large.',
  ).set(cut)
  const host = ['node', 'os', 'distro', 'kernel', 'arch']
  const { os, distro, kernel, arch } = report.host
  gauge('hostdeps_host_info', 'The host that is asked, always 1.', host).set(
    { node: report.node, os, distro: distro ?? '', kernel: kernel ?? '', arch },
    1,
  )
}

function addStates(registry: Registry, checks: readonly ReportCheck[]): void {
  const gauge = gaugesIn(registry)
  const state = gauge(
    'hostdeps_check_state',
    'The state of a check: 1 for the one it has, 0 for the others.',
    ['check', 'state'],
  )
  const ready = gauge(
    'hostdeps_check_ready',
    '1 when pods that need the check can run here (ready or not-applicable), otherwise 0.',
    ['check'],
  )
  const info = gauge('hostdeps_check_info', 'What a check is and why it has its state, always 1.', [
    'check',
    'title',
    'reason',
    'published',
  ])
  const since = gauge(
    'hostdeps_check_since_timestamp_seconds',
    'When the state of a check was first seen, in Unix time.',
    ['check'],
  )
  const changes = new Counter({
    name: 'hostdeps_check_changes_total',
    help: 'How often the state of a check changed since the agent started.',
    labelNames: ['check'],
    registers: [registry],
  })
  for (const check of checks) {
    const { name, title, reason } = check
    for (const one of states) state.set({ check: name, state: one }, Number(one === check.state))
    ready.set({ check: name }, Number(isUsable(check.state)))
    info.set({ check: name, title, reason, published: String(check.isPublished) }, 1)
    since.set({ check: name }, Date.parse(check.since) / 1000)
    changes.inc({ check: name }, check.changes)
  }
}

function addNeeds(gauge: MakeGauge, checks: readonly ReportCheck[]): void {
  const help = 'A need that is missing or unknown, always 1; other needs have no series.'
  const problem = gauge('hostdeps_need_problem', help, ['check', 'need', 'state', 'reason', 'recommended'])
  for (const check of checks) {
    for (const { need, state, reason, recommended } of check.findings) {
      if (state === 'missing' || state === 'unknown') {
        problem.set({ check: check.name, need, state, reason, recommended: String(recommended) }, 1)
      }
    }
  }
}

function addCrashes(gauge: MakeGauge, crashes: readonly Crash[]): void {
  const help =
    'Containers that crash-loop because a need of the check is missing on the host; no series where none does.'
  const crashing = gauge('hostdeps_crashing_containers', help, ['check'])
  for (const { checks, fixed } of crashes) {
    if (fixed === null) for (const check of checks) crashing.inc({ check })
  }
}

type MakeGauge = (name: string, help: string, labelNames?: string[]) => Gauge

function gaugesIn(registry: Registry): MakeGauge {
  return (name, help, labelNames = []) => new Gauge({ name, help, labelNames, registers: [registry] })
}
