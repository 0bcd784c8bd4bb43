import { load } from '#agent/catalog/load.ts'
import { openCrashWatch } from '#agent/crashes/watch-crashes.ts'
import type { CrashSettings } from '#agent/crashes/watch-crashes.ts'
import type { ContainerFiles, HasProcess } from '#agent/model/container-files.ts'
import type { Need } from '#agent/model/need.ts'
import type { CheckResult, Crash, Finding } from '#agent/model/report.ts'
import type { State } from '#agent/model/state.ts'

/** The shipped checks. */
export const { catalog } = load({ config: null, allowCommands: false })

/** What longhorn-manager says where the host has no iscsiadm, in the form of a CRI log. */
export const longhornLine =
  '2026-11-29T13:00:00.000000000Z stderr F time="2026-11-29T13:00:00Z" level=fatal msg="Error starting manager: failed to check environment, please make sure you have iscsiadm/open-iscsi installed on the host: nsenter: failed to execute iscsiadm: No such file or directory"\n'

/** Since the boot of the node, milliseconds; its wall clock is this much later. */
const bootedAt = Date.parse('2026-11-29T12:00:00Z')

interface FakeAttempt {
  readonly id: string
  readonly container: string
  readonly link: string
  readonly path: string
  readonly started: number
  log: string
  end: { readonly at: number; readonly code: number; readonly reason: string } | null
}

export interface PodOptions {
  readonly pod?: string
  readonly namespace?: string
  readonly uid?: string
  readonly container?: string
}

/** A node with what its kubelet and containerd would write, and a crash watch that looks at it. Time passes only by `pass`. */
export function fakeNode(settings: CrashSettings = { watch: true, exclude: [] }) {
  let boot = 3_600_000
  let offset = bootedAt
  let dead = 0
  const attempts: FakeAttempt[] = []
  const counts = new Map<string, number>()
  const missing = new Map<string, State>()
  const reads = { links: 0, status: 0, tail: 0, running: 0 }
  let listed: string | null = null
  let isWoken = false
  const now = () => boot + offset
  const files: ContainerFiles = {
    links() {
      reads.links++
      const names = attempts.map(({ link }) => link).toSorted()
      if (names.join() === listed) return 'unchanged'
      listed = names.join()
      return names
    },
    leadsTo: (link) => attempts.find((one) => one.link === link)?.path ?? null,
    status(id) {
      reads.status++
      const attempt = attempts.find((one) => one.id === id)
      return attempt === undefined ? null : { runtime: 'containerd', text: statusText(attempt) }
    },
    tail(link) {
      reads.tail++
      const log = attempts.find((one) => one.link === link)?.log
      return log === undefined ? null : Buffer.from(log)
    },
    running(asked: readonly HasProcess[]) {
      reads.running++
      const ids = attempts.filter(({ end }) => end === null).map(({ id }) => id)
      return new Set(asked.map(({ id }) => id).filter((id) => ids.includes(id)))
    },
  }
  let watch = openCrashWatch(files)
  const newest = (container: string) => attempts.findLast((one) => one.container === container)

  const node = {
    reads,
    settings,
    catalog,
    pass: (ms: number) => void (boot += ms),
    now,
    need(check: string, need: string, state: State) {
      missing.set(`${check} ${need}`, state)
    },
    /** A round, and what it says of crashes. */
    look(): readonly Crash[] {
      return watch.look({
        now: now(),
        boot,
        results: resultsOf(missing),
        catalog: node.catalog,
        settings: node.settings,
      })
    },
    /** Whether what came since the last time would have woken the prober. */
    wakes(): boolean {
      const was = isWoken
      isWoken = false
      return was
    },
    /** The kubelet starts a container. */
    start({
      pod = 'web-0',
      namespace = 'default',
      uid = 'u1',
      container = 'web',
    }: PodOptions = {}): FakeAttempt {
      const key = `${namespace}_${pod}_${uid}/${container}`
      const count = counts.get(key) ?? 0
      counts.set(key, count + 1)
      const id = (++dead).toString(16).padStart(64, '0')
      const attempt: FakeAttempt = {
        id,
        container: key,
        link: `${pod}_${namespace}_${container}-${id}.log`,
        path: `/var/log/pods/${key}/${count}.log`,
        started: now(),
        log: '',
        end: null,
      }
      attempts.push(attempt)
      isWoken = watch.isRestart(attempt.link) || isWoken
      return attempt
    },
    end(attempt: FakeAttempt, { code = 1, log = '', reason = 'Error' } = {}) {
      attempt.end = { at: now(), code, reason }
      attempt.log = log
      // Of those that have ended the kubelet keeps the last.
      const old = attempts.filter((one) => one.container === attempt.container && one !== attempt)
      for (const one of old) attempts.splice(attempts.indexOf(one), 1)
    },
    /** Runs for a second and ends; then the kubelet waits. A round is made if that would wake the prober, and after the wait. */
    crash(options: PodOptions & { code?: number; log?: string; reason?: string; wait?: number } = {}) {
      const attempt = node.start(options)
      if (node.wakes()) node.look()
      node.pass(1_000)
      node.end(attempt, options)
      node.pass(options.wait ?? 10_000)
      return node.look()
    },
    /** The pod goes, and its links with it. */
    remove({ pod = 'web-0' }: { pod?: string } = {}) {
      for (const one of attempts.filter(({ link }) => link.startsWith(`${pod}_`)))
        attempts.splice(attempts.indexOf(one), 1)
    },
    /** Everything ends unseen by containerd, and begins anew; the agent too. */
    reboot({ downFor = 60_000 } = {}) {
      const open = attempts.filter(({ end }) => end === null)
      offset += boot + downFor
      boot = 20_000
      for (const one of open) one.end = { at: now(), code: 255, reason: 'Unknown' }
      node.restartAgent()
    },
    restartAgent() {
      listed = null
      watch = openCrashWatch(files)
    },
    setClock: (by: number) => void (offset += by),
    newest,
  }
  return node
}

function statusText({ started, end }: FakeAttempt): string {
  const nanoseconds = (time: number) => time * 1e6
  return JSON.stringify({
    Version: 'v1',
    Pid: end === null ? 4711 : 0,
    CreatedAt: nanoseconds(started),
    StartedAt: nanoseconds(started),
    FinishedAt: end === null ? 0 : nanoseconds(end.at),
    ExitCode: end?.code ?? 0,
    Reason: end?.reason ?? '',
    Message: '',
  })
}

/** All shipped checks, of which everything is ready except what is said to be otherwise. */
function resultsOf(states: ReadonlyMap<string, State>): readonly CheckResult[] {
  const results = new Map<string, CheckResult>()
  const resultOf = (name: string): CheckResult => {
    const known = results.get(name)
    if (known !== undefined) return known
    const findings = (catalog.get(name)?.needs ?? []).map((need) => findingOf(name, need))
    const isMissing = findings.some(({ state, recommended }) => state === 'missing' && !recommended)
    const result = { ...words, name, title: name, state: isMissing ? 'missing' : 'ready', findings } as const
    results.set(name, result)
    return result
  }
  const findingOf = (check: string, need: Need): Finding => {
    const { id, recommended } = need
    const kind = need.type === 'host' ? need.kind : need.type
    const own = states.get(`${check} ${id}`) ?? 'ready'
    const state = need.type === 'check' ? resultOf(need.check).state : own
    return { ...words, need: id, kind, recommended, state, evidence: [] }
  }
  return [...catalog.keys()].map(resultOf)
}

const words = { why: 'w', reason: 'BinaryNotFound', message: 'm', fix: null } as const
