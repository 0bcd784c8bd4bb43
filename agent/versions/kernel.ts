import type { Order } from './order.ts'
import { compareDigits, firstOrder } from './order.ts'

/**
 * The order of kernel releases by their leading numbers: `6.1.0-17-amd64` is 6.1.0, `5.14.0-427.el9.x86_64` is 5.14.0;
 * a release candidate (`6.2.0-rc3`, `6.2-rc3`) comes before its release. A distribution's own number after that counts
 * only against another: `5.15.0-97-generic` is above 5.15.0-94, and neither above nor below 5.15.0.
 */
export function compareKernelVersions(a: string, b: string): Order {
  const [left, right] = [parseKernel(a), parseKernel(b)]
  return firstOrder(
    ...[0, 1, 2, 3].map(
      (index) => () => compareDigits(left.numbers[index] ?? '0', right.numbers[index] ?? '0'),
    ),
    () => compareDigits(left.candidate, right.candidate),
    ...left.own.map((number, index) => () => compareDigits(number, right.own[index] ?? number)),
  )
}

function parseKernel(text: string): { numbers: string[]; candidate: string; own: string[] } {
  const [, numbers, own] = /^(\d+(?:\.\d+)*)(?:-(\d+(?:\.\d+)*))?/.exec(text) ?? []
  const candidate = /^[\d.]+-?rc(\d+)/.exec(text)?.[1]
  return {
    numbers: numbers?.split('.') ?? [],
    candidate: candidate ?? '999999',
    own: own?.split('.') ?? [],
  }
}
