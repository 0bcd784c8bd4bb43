/** -1 when a comes before b, 1 when after, 0 when the tool in question considers them equal. */
export type Order = -1 | 0 | 1
export type Compare = (a: string, b: string) => Order

export function orderOf(difference: number): Order {
  if (difference === 0) return 0
  return difference < 0 ? -1 : 1
}

/** Compares two runs of digits of any length. */
export function compareDigits(a: string, b: string): Order {
  const [left, right] = [a.replace(/^0+/, ''), b.replace(/^0+/, '')]
  if (left.length !== right.length) return orderOf(left.length - right.length)
  return left === right ? 0 : left < right ? -1 : 1
}

/** The first order that is not 0; 0 when all are. */
export function firstOrder(...orders: readonly (() => Order)[]): Order {
  for (const order of orders) {
    const result = order()
    if (result !== 0) return result
  }
  return 0
}
