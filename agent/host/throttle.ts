/** Calls `call` at once, and then no sooner than `each` milliseconds after the last time; what comes between is one call. */
export function throttle(each: number, call: () => void): { call(): void; end(): void } {
  let last = Number.NEGATIVE_INFINITY
  let timer: NodeJS.Timeout | undefined
  const now = () => {
    timer = undefined
    last = performance.now()
    call()
  }
  return {
    call() {
      if (timer !== undefined) return
      const wait = last + each - performance.now()
      if (wait <= 0) now()
      else timer = setTimeout(now, wait)
    },
    end: () => clearTimeout(timer),
  }
}
