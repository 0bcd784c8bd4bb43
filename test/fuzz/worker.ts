import { setImmediate as nextTask } from 'node:timers/promises'
import { setFlagsFromString } from 'node:v8'
import { parentPort, workerData } from 'node:worker_threads'
import { Broken } from './claims/harmless.ts'
import { randomOfCase } from './draw/random.ts'
import { found } from './found/found.ts'
import { growersOf, growthOf } from './growth.ts'
import { showInput, signatureOf, wordsOf } from './show.ts'
import type { Opened } from './target.ts'
import { targets } from './targets.ts'
import { selfTarget } from './targets/self.ts'
import { addProgress, noProgress, slowestAllowed } from './work.ts'
import type { Order } from './work.ts'

/**
 * Runs the cases of one target in a thread of its own, so that whoever started it sees a case that does not end or takes
 * all memory, and goes on with the next one.
 */
Error.stackTraceLimit = 200
// A warning would stand on the terminal, or in the log, with whatever the input says.
process.emitWarning = (warning) => {
  throw new Broken(`Node.js warns: ${String(warning)}`)
}
// As agent/main.ts does.
setFlagsFromString('--no-turbo-fast-api-calls')
const { order, current } = workerData as { order: Order; current: Int32Array }
const send = parentPort?.postMessage.bind(parentPort)
const opened = await openTarget(order.target)
const seen = new Set<string>(order.known)
const progress = noProgress()

const until = Date.now() + order.milliseconds
await { cases: runCases, growth: runGrowth, found: runFound }[order.what]()
try {
  await opened.close?.()
} catch (error) {
  note('exceptions', { number: -1, name: null, error, input: 'at its end' })
}
report()
send?.({ ended: true })

async function runCases(): Promise<void> {
  for (let number = order.from; number < order.to && Date.now() < until; number++)
    await runCase(number, opened.draw(randomOfCase(order.seed, order.target, number)))
}

async function runFound(): Promise<void> {
  const cases = Object.entries(found[order.target] ?? {})
  for (const [number, [name, { did, input }]] of cases.entries()) {
    seen.clear()
    if (number >= order.from) await runCase(number, input(), `${name} (once: ${did})`)
  }
}

async function runGrowth(): Promise<void> {
  for (const [number, { name, grow }] of growersOf(opened, order).entries()) {
    if (number < order.from) continue
    if (Date.now() > until) return
    Atomics.store(current, 0, number)
    progress.cases++
    try {
      const growth = await growthOf(async (size) => timeOf(grow(size)), order.bytes)
      if (growth !== null) note('growths', { number, name, error: new Broken(growth), input: grow(200) })
    } catch (error) {
      note('exceptions', { number, name, error, input: grow(200) })
    }
    report()
    await nextTask()
  }
}

async function runCase(number: number, input: unknown, name: string | null = null): Promise<void> {
  Atomics.store(current, 0, number)
  const first = await attempt(input)
  // What is slow only once was held up by something else: the compiler, or the garbage of others.
  const { took, outcome, error } = first.took > slowestAllowed ? await faster(first, input) : first
  addProgress(progress, {
    ...noProgress(),
    cases: 1,
    outcomes: { [outcome]: 1 },
    slowest: { number, took },
  })
  const slow = new Broken(`takes ${Math.round(took)} ms of processor time`)
  if (error !== null) note('exceptions', { number, name, error, input })
  else if (took > slowestAllowed) note('hangs', { number, name, error: slow, input })
  report()
  // What a WeakRef holds is kept until the task ends.
  await nextTask()
}

interface Attempt {
  /** Milliseconds of this thread's processor time. */
  readonly took: number
  readonly outcome: string
  readonly error: unknown
}

async function attempt(input: unknown): Promise<Attempt> {
  const before = process.threadCpuUsage()
  const end = (outcome: string, error: unknown) => {
    const { user, system } = process.threadCpuUsage(before)
    return { took: (user + system) / 1000, outcome, error }
  }
  try {
    return end(await opened.run(input as never), null)
  } catch (error) {
    return end('failed', error ?? new Error('nothing was thrown'))
  }
}

async function faster(first: Attempt, input: unknown): Promise<Attempt> {
  const second = await attempt(input)
  return second.took < first.took ? second : first
}

async function timeOf(input: unknown): Promise<number> {
  const { took, error } = await attempt(input)
  if (error !== null) throw error
  return took
}

interface Noted {
  readonly number: number
  readonly name: string | null
  readonly error: unknown
  readonly input: unknown
}

/** Counts every failure, and reports the first with each signature. */
function note(what: 'exceptions' | 'hangs' | 'growths', { number, name, error, input }: Noted): void {
  progress[what]++
  const signature = signatureOf(error)
  if (seen.has(signature)) return
  seen.add(signature)
  progress.failures.push({ number, name, signature, words: wordsOf(error), input: showInput(input) })
}

function report(): void {
  send?.(progress)
  Object.assign(progress, noProgress())
}

async function openTarget(name: string): Promise<Opened> {
  const target = [...targets, selfTarget].find((one) => one.name === name)
  if (target === undefined) throw new Error(`there is no target ${name}`)
  return target.open()
}
