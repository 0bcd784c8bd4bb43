import type { Report } from '#agent/model/report.ts'
import { writeBeside } from './write-beside.ts'

export interface KeptFile {
  readonly path: string
  readonly render: (report: Report) => string | Promise<string>
  /** Called with the first of several failures in a row. */
  readonly failed: (error: unknown) => void
  /** Called when it could be written after a failure. */
  readonly recovered: () => void
}

/**
 * Writes the file anew with each report. While one is written (a disk may hang), others wait, and of these only the newest is
 * written. What fails is tried again with the next report: each interval brings one.
 */
export function keepFile({ path, render, failed, recovered }: KeptFile): (report: Report) => void {
  let next: Report | null = null
  let isWriting = false
  let isFailing = false
  const write = async (report: Report) => {
    try {
      await writeBeside(path, await render(report))
      if (isFailing) recovered()
      isFailing = false
    } catch (error) {
      if (!isFailing) failed(error)
      isFailing = true
    }
  }
  const writeAll = async () => {
    isWriting = true
    while (next !== null) {
      const report = next
      next = null
      await write(report)
    }
    isWriting = false
  }
  return (report) => {
    next = report
    if (!isWriting) void writeAll()
  }
}
