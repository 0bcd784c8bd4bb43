import { fork } from 'node:child_process'
import { once } from 'node:events'
import { execa } from 'execa'
import { cpuOf, imageEnvironment } from './agent.ts'
import type { Served } from './agent.ts'
import type { BareAnswer } from './bare-server.ts'
import { load } from './load.ts'
import type { Target } from './load.ts'

/** A request whose rate is measured, beside a bare server that answers the same bytes. */
export interface Kind extends Target {
  readonly name: string
  readonly pid: number
}

/** So that the server's queue is never empty. */
const connections = 32
/** Of each kind, one after the other and then again: others use the machine too, and not at all times alike. */
const turns = 4
/** Milliseconds. */
const [warmUp, turn] = [1_500, 1_500]

const aims = { perCore: 40_000, p99: 5 }

interface Measured {
  readonly took: number[]
  /** Microseconds. */
  cpu: number
}

/** Prints what the server and the bare one do in turns. */
export async function measureRates(kinds: readonly Kind[]): Promise<void> {
  const bare = await startBare(await Promise.all(kinds.map(answerOf)))
  try {
    const all = kinds.flatMap((kind, index) => [
      kind,
      { name: '  bare node:http', pid: bare.pid, url: new URL(`/${index}`, bare.url), headers: kind.headers },
    ])
    for (const kind of all) await load(kind, { connections, duration: warmUp })
    const measured = new Map(all.map((kind) => [kind, { took: [], cpu: 0 } as Measured]))
    for (let count = 0; count < turns; count++)
      for (const [kind, sum] of measured) {
        const before = cpuOf(kind.pid)
        for (const time of await load(kind, { connections, duration: turn })) sum.took.push(time)
        sum.cpu += cpuOf(kind.pid) - before
      }
    for (const kind of kinds) {
      const [own, other] = [kind, all[all.indexOf(kind) + 1]].map((one) => measured.get(one as Kind))
      if (own === undefined || other === undefined) continue
      const share = (perCore(own) / perCore(other)) * 100
      print(kind.name, own)
      print('  bare node:http', other, `; the agent does ${share.toFixed(0)} % of it`)
    }
  } finally {
    bare.stop()
  }
}

/** The same by a load generator of others, which is slower: it holds ours to account. */
export async function measureByAutocannon({ url, pid }: Kind): Promise<void> {
  const before = cpuOf(pid)
  const { stdout } = await execa('autocannon', ['--json', '-c', String(connections), '-d', '4', url.href], {
    preferLocal: true,
    localDir: import.meta.dirname,
    env: { NODE_OPTIONS: '' },
  })
  const { requests, latency, non2xx } = JSON.parse(stdout)
  const rate = (requests.total * 1e6) / (cpuOf(pid) - before)
  if (non2xx > 0) throw new Error(`${non2xx} answers were not 2xx`)
  console.log(
    `  by autocannon: ${rate.toFixed(0)} per second of its CPU; ${requests.average} requests/s, p50 ${latency.p50} ms, p99 ${latency.p99} ms`,
  )
}

function perCore({ took, cpu }: Measured): number {
  return (took.length * 1e6) / cpu
}

function print(name: string, measured: Measured, more = ''): void {
  const { took, cpu } = measured
  const sorted = Float64Array.from(took).toSorted()
  const at = (share: number) => (sorted[Math.floor(sorted.length * share)] ?? Number.NaN).toFixed(2)
  const time = turns * turn
  const rate = (took.length / time) * 1_000
  console.log(
    `${name}: ${perCore(measured).toFixed(0)} requests per second of its CPU; ${rate.toFixed(0)} requests/s on ${(cpu / time / 10).toFixed(0)} % of a core, p50 ${at(0.5)} ms, p99 ${at(0.99)} ms${more}`,
  )
}

export function printAims(): void {
  console.log(
    `aims for /ready/<name>: ${aims.perCore} requests per second of its CPU, p99 ${aims.p99} ms (${connections} connections from this process, which need most of another core)`,
  )
}

/** Headers that Node.js adds by itself. */
const added = ['date', 'connection', 'keep-alive']

async function answerOf({ url, headers }: Kind): Promise<BareAnswer> {
  const { get } = await import('node:http')
  const [response] = await once(get(url, { headers }), 'response')
  const chunks: Buffer[] = await response.toArray()
  const raw: readonly string[] = response.rawHeaders
  const head = raw.filter((_, index) => !added.includes((raw[index - (index % 2)] ?? '').toLowerCase()))
  return { head, body: Buffer.concat(chunks).toString('base64') }
}

async function startBare(answers: readonly BareAnswer[]) {
  const child = fork(new URL('bare-server.ts', import.meta.url).pathname, {
    env: { ...process.env, ...imageEnvironment },
    execArgv: ['--no-turbo-fast-api-calls'],
  })
  child.send(answers)
  const [port] = await once(child, 'message')
  return { url: `http://127.0.0.1:${port}`, pid: child.pid ?? 0, stop: () => child.disconnect() }
}

/** What is asked of it. */
export function kindsOf({ url, pid }: Served, check: string): readonly Kind[] {
  const kind = (name: string, path: string, headers: Readonly<Record<string, string>> = {}): Kind => ({
    name,
    pid,
    url: new URL(path, url),
    headers,
  })
  return [
    kind('/ready/<name>', `/ready/${check}`),
    kind('/ready/<name> as JSON', `/ready/${check}`, { accept: 'application/json' }),
    kind('/v1/report, gzip', '/v1/report', { 'accept-encoding': 'gzip' }),
  ]
}
