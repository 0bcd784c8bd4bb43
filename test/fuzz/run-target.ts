import { Worker } from 'node:worker_threads'
import { found } from './found/found.ts'
import { addProgress, noProgress } from './work.ts'
import type { Order, Progress } from './work.ts'

export type Ran = Progress & { readonly target: string }

/** MiB for hosts, checks and one input; the agent's own heap is smaller, but does not hold five hosts. */
const heap = 128
/** Milliseconds by the wall clock, for a case that only waits. */
const longestWait = 240_000
/** After so many workers that died, the rest is left out. */
const mostDeaths = 8

const usual = { seed: 1, from: 0, to: 0, bytes: 32_768, endless: 15_000 }

type Wish = Pick<Order, 'what' | 'target'> & Partial<Order>

/** Runs the cases in a worker, and the rest in a new worker after a case that ended the one before. */
export async function runTarget(wish: Wish): Promise<Ran> {
  const { target, what, to = 0, milliseconds = 1e9 } = wish
  const ran: Ran = { target, ...noProgress() }
  const until = Date.now() + milliseconds
  let from = wish.from ?? 0
  for (let deaths = 0; deaths <= mostDeaths; deaths++) {
    const known = ran.failures.map(({ signature }) => signature)
    const order: Order = { ...usual, ...wish, from, known, milliseconds: until - Date.now() }
    const death = await runWorker(order, (progress) => addProgress(ran, progress))
    if (death === null) return ran
    addProgress(ran, deadCase(death, what === 'found' ? nameOf(target, death.number) : null))
    from = death.number + 1
    if (what !== 'found' && from >= to) return ran
  }
  const words = 'too many cases ended the worker; the rest was not run'
  ran.failures.push({ number: from, name: null, signature: words, words, input: '' })
  return ran
}

interface Death {
  readonly number: number
  readonly words: string
}

function deadCase({ number, words }: Death, name: string | null): Progress {
  const input = 'run it again by its number'
  return {
    ...noProgress(),
    cases: 1,
    hangs: 1,
    failures: [{ number, name, signature: words, words, input }],
  }
}

function nameOf(target: string, number: number): string | null {
  return Object.keys(found[target] ?? {})[number] ?? null
}

/** The case that ended the worker, null when it ended by itself. */
async function runWorker(order: Order, report: (progress: Progress) => void): Promise<Death | null> {
  const current = new Int32Array(new SharedArrayBuffer(4)).fill(-1)
  const worker = new Worker(new URL('./worker.ts', import.meta.url), {
    workerData: { order, current },
    execArgv: [],
    resourceLimits: { maxOldGenerationSizeMb: heap },
  })
  const { promise, resolve, reject } = Promise.withResolvers<Death | null>()
  const stopWatching = watch(current, order.endless, (words) => {
    resolve({ number: Atomics.load(current, 0), words })
    void worker.terminate()
  })
  worker.on('message', (message: Progress | { ended: true }) => {
    if ('ended' in message) resolve(null)
    else report(message)
  })
  worker.on('error', (error: Error & { code?: string }) => {
    const number = Atomics.load(current, 0)
    if (error.code === 'ERR_WORKER_OUT_OF_MEMORY') resolve({ number, words: `takes more than ${heap} MiB` })
    else reject(error)
  })
  worker.on('exit', () => reject(new Error(`the worker ended at case ${Atomics.load(current, 0)}`)))
  try {
    return await promise
  } finally {
    stopWatching()
    await worker.terminate()
  }
}

/** Sees a case that does not end by the processor time of this process, since all its work is in the worker. */
function watch(current: Int32Array, endless: number, end: (words: string) => void): () => void {
  let seen = { number: -2, cpu: process.cpuUsage(), at: Date.now() }
  const timer = setInterval(() => {
    const number = Atomics.load(current, 0)
    if (number !== seen.number) seen = { number, cpu: process.cpuUsage(), at: Date.now() }
    const { user, system } = process.cpuUsage(seen.cpu)
    if (number !== -1 && (user + system) / 1000 > endless) end('does not end')
    if (Date.now() - seen.at > longestWait) end('waits without end')
  }, 200)
  return () => clearInterval(timer)
}
