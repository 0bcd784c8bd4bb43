import { fork } from 'node:child_process'
import { once } from 'node:events'
import { get } from 'node:http'
import { execa } from 'execa'
import { cpuOf, imageEnvironment } from './agent.ts'
import type { BareAnswer } from './bare-server.ts'
import { load } from './load.ts'
import type { Target } from './load.ts'

/** A request whose rate is measured, beside a bare server that answers the same bytes. */
export interface Kind extends Target {
  readonly name: string
  readonly pid: number
}

/** What `/ready/<name>` is to reach; milliseconds. */
const aims = { perCore: 40_000, p99: 5 }

/** So many that the server is seldom idle. */
const connections = 32
/** Of each kind, one after the other and then again: others use the machine too, and not at all times alike. */
const turns = 4
/** Milliseconds: Node.js compiles what runs often, and takes seconds to have it all. */
const [warmUp, turn] = [4_000, 1_500]

interface Measured {
  readonly took: number[]
  /** Microseconds. */
  cpu: number
}

/**
 * Prints what the server and the bare one do in turns. The load shares the machine with the server and needs more of it, so the figure
 * that counts is requests per second of the server's CPU: what one core would answer if it did nothing else.
 */
export async function measureRates(kinds: readonly Kind[]): Promise<void> {
  const bare = await startBare(await Promise.all(kinds.map(answerOf)))
  try {
    const pairs = kinds.map((kind, index) => {
      const url = new URL(`/${index}`, bare.url)
      return [begin(kind), begin({ ...kind, url, pid: bare.pid, name: '  bare node:http' })] as const
    })
    const all = pairs.flat()
    for (const { kind } of all) await load(kind, { connections, duration: warmUp })
    for (let count = 0; count < turns; count++) for (const one of all) await takeTurn(one)
    console.log(
      `aims for /ready/<name>: ${aims.perCore} requests per second of its CPU, p99 ${aims.p99} ms (${connections} connections)`,
    )
    for (const [{ kind, sum }, other] of pairs) {
      print(kind.name, sum)
      const share = (perCore(sum) / perCore(other.sum)) * 100
      print(other.kind.name, other.sum, `; the agent does ${share.toFixed(0)} % of it`)
    }
  } finally {
    bare.stop()
  }
}

function begin(kind: Kind): { readonly kind: Kind; readonly sum: Measured } {
  return { kind, sum: { took: [], cpu: 0 } }
}

async function takeTurn({ kind, sum }: ReturnType<typeof begin>): Promise<void> {
  const before = cpuOf(kind.pid)
  for (const time of await load(kind, { connections, duration: turn })) sum.took.push(time)
  sum.cpu += cpuOf(kind.pid) - before
}

function perCore({ took, cpu }: Measured): number {
  return (took.length * 1e6) / cpu
}

function print(name: string, sum: Measured, more = ''): void {
  const sorted = Float64Array.from(sum.took).toSorted()
  const at = (share: number) => (sorted[Math.floor(sorted.length * share)] ?? Number.NaN).toFixed(2)
  const time = turns * turn
  const rate = ((sorted.length / time) * 1_000).toFixed(0)
  console.log(
    `${name}: ${perCore(sum).toFixed(0)} requests per second of its CPU; ${rate} requests/s by ${(sum.cpu / time / 10).toFixed(0)} % of a core, p50 ${at(0.5)} ms, p99 ${at(0.99)} ms${more}`,
  )
}

/** Headers that Node.js adds by itself. */
const added = ['date', 'connection', 'keep-alive']

async function answerOf({ url, headers }: Kind): Promise<BareAnswer> {
  const [response] = await once(get(url, { headers }), 'response')
  const chunks: Buffer[] = await response.toArray()
  const raw: readonly string[] = response.rawHeaders
  const head = raw.filter((_, index) => !added.includes((raw[index - (index % 2)] ?? '').toLowerCase()))
  return { head, body: Buffer.concat(chunks).toString('base64') }
}

async function startBare(answers: readonly BareAnswer[]) {
  const child = fork(new URL('bare-server.ts', import.meta.url).pathname, {
    env: { ...process.env, ...imageEnvironment },
    // As main.ts runs the agent.
    execArgv: ['--no-turbo-fast-api-calls'],
  })
  child.send(answers)
  const [port] = await once(child, 'message')
  return { url: `http://127.0.0.1:${port}`, pid: child.pid ?? 0, stop: () => child.disconnect() }
}

/** The same by a load generator that others wrote, in a process of its own; it is slower than ours. */
export async function measureByAutocannon({ name, url, pid }: Kind): Promise<void> {
  const before = cpuOf(pid)
  const { stdout } = await execa('autocannon', ['--json', '-c', String(connections), '-d', '5', url.href], {
    preferLocal: true,
    localDir: import.meta.dirname,
  })
  const { requests, latency, non2xx } = JSON.parse(stdout)
  const rate = (requests.total * 1e6) / (cpuOf(pid) - before)
  if (non2xx > 0) throw new Error(`${non2xx} answers were not 2xx`)
  console.log(
    `${name} by autocannon: ${rate.toFixed(0)} requests per second of its CPU; ${requests.average.toFixed(0)} requests/s, p50 ${latency.p50} ms, p99 ${latency.p99} ms`,
  )
}
