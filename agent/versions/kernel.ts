import type { Compare, Order } from './order.ts'
import { compareDigits, firstOrder } from './order.ts'
import { inRange, parseRange } from './range.ts'

/** `named` is the output of `uname -r`; `exact` the upstream version that it was built from, if the kernel reports it. */
export interface RunningKernel {
  readonly named: string
  readonly exact: string | null
}

/** A bound like 5.15.0-94 uses the distribution's numbering, so it is compared with the distribution's name of the kernel. */
export function isKernelIn({ named, exact }: RunningKernel, range: string): boolean {
  const parsed = parseRange(range)
  const compare: Compare = (version, wanted) =>
    compareKernelVersions(hasRevision(wanted) ? named : version, wanted)
  return 'range' in parsed && inRange(exact ?? named, parsed.range, compare)
}

/**
 * The order of kernel releases by their leading numbers: `6.1.0-17-amd64` is 6.1.0, `5.14.0-427.el9.x86_64` is 5.14.0; a
 * release candidate (`6.2-rc3`, Fedora's `6.2.0-0.rc3`, Debian's `6.2~rc3`) comes before its release. A distribution's suffix
 * counts only if both versions have one: `4.18.0-553.16.1.el8_10` equals 4.18.0, and comes after 4.18.0-305.
 */
export function compareKernelVersions(version: string, wanted: string): Order {
  const [left, right] = [parseKernel(version), parseKernel(wanted)]
  const revisions = left.revision.length > 0 && right.revision.length > 0 ? right.revision : []
  return firstOrder(
    ...[0, 1, 2, 3].map(
      (index) => () => compareDigits(left.numbers[index] ?? '0', right.numbers[index] ?? '0'),
    ),
    () => compareDigits(left.candidate, right.candidate),
    ...revisions.map((number, index) => () => compareDigits(left.revision[index] ?? '0', number)),
  )
}

/** Whether a version names a distribution's build. */
function hasRevision(version: string): boolean {
  return parseKernel(version).revision.length > 0
}

interface Kernel {
  readonly numbers: readonly string[]
  readonly candidate: string
  /** 94 in `5.15.0-94-generic`; 553, 16 and 1 in `4.18.0-553.16.1.el8_10`. */
  readonly revision: readonly string[]
}

function parseKernel(text: string): Kernel {
  const numbers = /^\d+(\.\d+)*/.exec(text)?.[0].split('.') ?? []
  const candidate = /^[\d.]+[-~]?(?:0\.)?rc(\d+)/.exec(text)?.[1]
  const revision = /^[\d.]+-(\d+(\.\d+)*)/.exec(text)?.[1]?.split('.') ?? []
  return { numbers, candidate: candidate ?? '999999', revision }
}
