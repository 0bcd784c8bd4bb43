import { Counter, Gauge, Registry } from 'prom-client'
import type { Crash, Probing, PublishStatus, Report, ReportCheck } from '#agent/model/report.ts'
import { spawnKinds } from '#agent/model/spawns.ts'
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
 * The report as metrics. Each call fills a new registry from the report, so a counter agrees with the report however often it
 * is scraped. A need has a series only while something is wrong with it: all needs of all checks would be about a thousand series per
 * node. No label says which node it is: Prometheus knows that of each agent that it scrapes.
 */
export function registerReport(input: MetricsInput): Registry {
  const registry = new Registry()
  const { report } = input
  const make = makersIn(registry)
  addAgent(make, input)
  if (input.publishing !== null) addPublishing(make, input.publishing)
  if (report !== null) {
    addDuration(make, report)
    addAge(make, input.age)
    addHost(make, report)
    addProbing(make, report.probing)
    addStates(make, report.checks)
    addChanges(make, report.checks)
    addNeeds(make, report.checks)
    addCrashes(make, report.crashes)
  }
  return registry
}

/**
 * What a file can tell of it, by the same names: nothing of an agent, nothing that was counted since it began, and in place of an
 * age, which grows while nobody writes the file, a time.
 */
export function registerFile(report: Report): Registry {
  const registry = new Registry()
  const make = makersIn(registry)
  addMistakes(make, report)
  addDuration(make, report)
  addTime(make, report)
  addHost(make, report)
  addStates(make, report.checks)
  addNeeds(make, report.checks)
  addCrashes(make, report.crashes)
  return registry
}

function addAgent(make: Makers, { report, isStale, publishing }: MetricsInput): void {
  const { gauge } = make
  gauge(
    'hostdeps_report_stale',
    '1 when no round has finished for so long that the report cannot be trusted.',
  ).set(Number(isStale || report === null))
  gauge('hostdeps_publish_ok', '1 when the Node agrees with this report, or nothing is to be published.').set(
    Number((publishing?.trouble ?? null) === null),
  )
  addMistakes(make, report)
}

function addMistakes({ gauge }: Makers, report: Report | null): void {
  gauge(
    'hostdeps_config_mistakes',
    'Mistakes in the config and check files now; unless it is 0, the last valid settings stay in use.',
  ).set(report?.settings.mistakes.length ?? 0)
}

function addPublishing({ gauge, count }: Makers, status: PublishStatus): void {
  const { applied, failed, events, eventsHeldBack, policyEnforced } = status
  const publishes = count(
    'hostdeps_publishes_total',
    'Attempts to put the report on the Node, by result; a failure may also be that the Node could not be read.',
    ['result'],
  )
  publishes.inc({ result: 'success' }, applied)
  publishes.inc({ result: 'failure' }, failed)
  count('hostdeps_events_total', 'Events about the Node that were created.').inc(events)
  count(
    'hostdeps_events_held_back_total',
    'Changes without an event of their own: each check gets at most one in ten minutes.',
  ).inc(eventsHeldBack)
  if (policyEnforced === null) return
  const help =
    "1 when the admission policies confine the agent's token to its own Node; no series while that is unknown."
  gauge('hostdeps_policy_enforced', help).set(Number(policyEnforced))
}

function addDuration({ gauge }: Makers, { took }: Report): void {
  gauge('hostdeps_round_duration_seconds', 'How long the newest round took.').set(took / 1000)
}

function addAge({ gauge }: Makers, age: number): void {
  gauge('hostdeps_round_age_seconds', 'How long ago the newest round ended.').set(age)
}

function addTime({ gauge }: Makers, { at }: Report): void {
  gauge('hostdeps_round_timestamp_seconds', 'When the newest round began, in Unix time.').set(
    Date.parse(at) / 1000,
  )
}

function addHost({ gauge }: Makers, report: Report): void {
  const { os, distro, kernel, arch } = report.host
  gauge('hostdeps_host_info', 'The host that is asked, always 1.', ['os', 'distro', 'kernel', 'arch']).set(
    { os, distro: distro ?? '', kernel: kernel ?? '', arch },
    1,
  )
}

function addProbing({ gauge, count }: Makers, probing: Probing): void {
  const { watched, refused, lost, spawned, abandoned, cut } = probing
  gauge('hostdeps_watched_places', 'Places of the host whose changes are seen at once.').set(watched)
  gauge(
    'hostdeps_watches_refused',
    'Places that the kernel refuses to watch; their changes are seen in the next round.',
  ).set(refused)
  count(
    'hostdeps_watches_lost_total',
    'Watches that ended by themselves, by an error or with their folder; each is set again within a minute.',
  ).inc(lost)
  const spawns = count(
    'hostdeps_spawned_processes_total',
    'Programs that the prober started, by what they are for.',
    ['kind'],
  )
  for (const kind of spawnKinds) spawns.inc({ kind }, spawned[kind])
  gauge(
    'hostdeps_abandoned_processes',
    'Processes that were killed at their deadline and are still there (D state).',
  ).set(abandoned)
  gauge(
    'hostdeps_checks_cut',
    'Checks that had something left out (text, evidence, findings, or all) because they or the round would be too large.',
  ).set(cut)
}

function addStates({ gauge }: Makers, checks: readonly ReportCheck[]): void {
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
  for (const check of checks) {
    const { name, title, reason } = check
    for (const one of states) state.set({ check: name, state: one }, Number(one === check.state))
    ready.set({ check: name }, Number(isUsable(check.state)))
    info.set({ check: name, title, reason, published: String(check.isPublished) }, 1)
  }
}

function addChanges({ gauge, count }: Makers, checks: readonly ReportCheck[]): void {
  const since = gauge(
    'hostdeps_check_since_timestamp_seconds',
    'When the state of a check was first seen, in Unix time.',
    ['check'],
  )
  const changes = count(
    'hostdeps_check_changes_total',
    'How often the state of a check changed since the agent started, by the state that it changed to.',
    ['check', 'state'],
  )
  const flaps = count(
    'hostdeps_check_flaps_total',
    'How often a check went from ready to missing and came back before that was confirmed.',
    ['check'],
  )
  for (const { name, changesTo, since: at, flaps: taken } of checks) {
    for (const state of states) changes.inc({ check: name, state }, changesTo[state])
    since.set({ check: name }, Date.parse(at) / 1000)
    flaps.inc({ check: name }, taken)
  }
}

function addNeeds({ gauge }: Makers, checks: readonly ReportCheck[]): void {
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

function addCrashes({ gauge }: Makers, crashes: readonly Crash[]): void {
  const help =
    'Containers that crash-loop because a need of the check is missing on the host; no series where none does.'
  const crashing = gauge('hostdeps_crashing_containers', help, ['check'])
  for (const { checks, fixed } of crashes) {
    if (fixed === null) for (const check of checks) crashing.inc({ check })
  }
}

interface Makers {
  readonly gauge: (name: string, help: string, labelNames?: string[]) => Gauge
  readonly count: (name: string, help: string, labelNames?: string[]) => Counter
}

function makersIn(registry: Registry): Makers {
  const registers = [registry]
  return {
    gauge: (name, help, labelNames = []) => new Gauge({ name, help, labelNames, registers }),
    count: (name, help, labelNames = []) => new Counter({ name, help, labelNames, registers }),
  }
}
