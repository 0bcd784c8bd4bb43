import type { Report } from '#agent/model/report.ts'

/** One need on a host that is rebooted: ready before, and by its name what is thought of it and what comes. */
export interface Prediction {
  readonly name: string
  /** One line of `needs:` in a custom check. */
  readonly need: string
  /** Whether the test knows that it goes; what the reboot shows must agree. */
  readonly goes: boolean
}

/** What a host says of each before it is rebooted and after. */
export interface Outcome extends Prediction {
  /** GoneAfterReboot was said. */
  readonly isAccused: boolean
  readonly before: string
  readonly after: string
}

/** The check files of predictions: one check each, named p0, p1, ... */
export function checkFiles(predictions: readonly Prediction[]): Readonly<Record<string, string>> {
  return Object.fromEntries(
    predictions.map(({ name, need }, index) => [
      `p${index}.yaml`,
      `title: ${JSON.stringify(name)}\nwhy: A test.\nneeds:\n  - ${need}\n`,
    ]),
  )
}

export function outcomes(
  predictions: readonly Prediction[],
  reports: { before: Report; after: Report },
): Outcome[] {
  return predictions.map((prediction, index) => {
    const [before, after] = [reports.before, reports.after].map(({ checks }) =>
      checks.find(({ name }) => name === `p${index}`),
    )
    const isAccused = before?.findings.some(({ reason }) => reason === 'GoneAfterReboot') ?? false
    return { ...prediction, isAccused, before: before?.state ?? 'none', after: after?.state ?? 'none' }
  })
}

/** Told in vain, or not told of what was known to go. */
export function isWrong({ isAccused, goes, before, after }: Outcome): boolean {
  const isGone = after !== 'ready'
  return before !== 'ready' || isAccused !== isGone || isGone !== goes
}

export function tableOf(all: readonly Outcome[]): string {
  const rows = all.map((one) => [
    isWrong(one) ? 'WRONG' : 'right',
    one.isAccused ? 'goes' : 'silent',
    `${one.before} -> ${one.after}`,
    one.name,
  ])
  return [
    '',
    ...rows.map(
      ([right = '', said = '', seen = '', name]) =>
        `${right.padEnd(6)} ${said.padEnd(7)} ${seen.padEnd(18)} ${name}`,
    ),
  ].join('\n')
}
