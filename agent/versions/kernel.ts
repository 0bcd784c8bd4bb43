import type { Order } from './order.ts'
import { compareDigits, firstOrder } from './order.ts'

/**
 * The order of kernel releases by their leading numbers: `6.1.0-17-amd64` is 6.1.0, `5.14.0-427.el9.x86_64` is 5.14.0;
 * a release candidate (`6.2.0-rc3`, `6.2-rc3`) comes before its release. What a distribution adds does not count.
 */
export function compareKernelVersions(a: string, b: string): Order {
  const [left, right] = [parseKernel(a), parseKernel(b)]
  return firstOrder(
    ...[0, 1, 2, 3].map(
      (index) => () => compareDigits(left.numbers[index] ?? '0', right.numbers[index] ?? '0'),
    ),
    () => compareDigits(left.candidate, right.candidate),
  )
}

function parseKernel(text: string): { numbers: string[]; candidate: string } {
  const numbers = /^\d+(\.\d+)*/.exec(text)?.[0].split('.') ?? []
  const candidate = /^[\d.]+-?rc(\d+)/.exec(text)?.[1]
  return { numbers, candidate: candidate ?? '999999' }
}
