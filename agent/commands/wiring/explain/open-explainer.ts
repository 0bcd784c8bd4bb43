import { Worker } from 'node:worker_threads'
import type { LoadOptions } from '#agent/catalog/load.ts'
import type { Explain } from '#agent/model/explanation.ts'
import type { Explanation } from '#agent/model/explanation.ts'
import type { ReportSource } from '#agent/model/report.ts'
import { explainWorkerFile, isExecutable, readShippedFile } from '#agent/shipped/shipped-files.ts'
import type { ExplainWork } from './explain-worker.ts'

/** As in agent/host/files/ask-child.ts: a source here, a chunk beside this one in the bundle, and in the executable a text. */
const script = isExecutable
  ? explainWorkerFile
  : new URL(import.meta.resolve(`./explain-worker${import.meta.filename.slice(-3)}`))

/** MiB of heap, within what the server may have in the DaemonSet; a log of 1 MiB needs about 40 (measured). */
const heap = 64
/** Milliseconds. */
const longestRun = 30_000

/** Explains logs by the newest report, each in a thread of its own; rejects when that takes too long or too much memory. */
export function openExplainer(
  options: LoadOptions,
  source: Pick<ReportSource, 'current' | 'stale'>,
): Explain {
  return (log, hints) => {
    const current = source.stale() === null ? source.current() : null
    const report = current && { node: current.node, host: current.host, checks: current.checks }
    return run({ log, hints, load: options, report })
  }
}

function run(work: ExplainWork): Promise<Explanation> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(script instanceof URL ? script : readShippedFile(script), {
      eval: isExecutable,
      workerData: work,
      resourceLimits: { maxOldGenerationSizeMb: heap },
    })
    const timer = setTimeout(() => {
      reject(new Error(`it took longer than ${longestRun / 1000} s`))
      void worker.terminate()
    }, longestRun)
    worker.once('message', (explanation: Explanation) => resolve(explanation))
    worker.once('error', reject)
    worker.once('exit', (code) => {
      clearTimeout(timer)
      reject(new Error(`the thread ended with ${code}`))
    })
  })
}
