/**
 * At least as many as the instructions that a pattern in RE2 syntax compiles to, but for what stands around the whole; in
 * linear time, and without compiling it: `(x{1,1000})?` written 80 times is 80,000. What is no pattern has any size.
 */
export function estimateSize(pattern: string): number {
  const groups = [0]
  let atom = 0
  for (const [token] of pattern.matchAll(tokens)) {
    const before = repeats(token) ? atom : 0
    atom = token === ')' ? closeGroup(groups) + 2 : sizeOf(token, before)
    if (token === '(') groups.push(0)
    else groups.push((groups.pop() ?? 0) + atom - before)
  }
  return groups.reduce((sum, size) => sum + size, 0)
}

function repeats(token: string): boolean {
  return '*+?'.includes(token) || timesOf(token) !== null
}

/** @param atom the size of what a repeat repeats */
function sizeOf(token: string, atom: number): number {
  const times = timesOf(token)
  if (times !== null) return times * (atom + 1) + 1
  return atom + (token.startsWith(String.raw`\Q`) ? token.length : 2)
}

/**
 * A quoted run, an escape (with braces of its own), a class (the first ] in it is one of it, and [:word:] may stand in it),
 * a repeat, or any character.
 */
const tokens =
  /\\Q(?:(?!\\E)[^])*(?:\\E)?|\\[pPx]\{[^}]*\}|\\[^]|\[\^?\]?(?:\[:[^\]]*:\]|\\[^]|[^\]\\])*\]?|\{\d+(?:,\d*)?\}|[^]/gu

/** How often a repeat has what stands before it, at most; null for what is none. */
function timesOf(token: string): number | null {
  const [, least, most] = /^\{(\d+)(?:,(\d*))?\}$/.exec(token) ?? []
  return least === undefined ? null : Math.max(1, Number(least), Number(most ?? 0))
}

/** A ) that closes nothing is a mistake, and counts as if it closed all. */
function closeGroup(groups: number[]): number {
  const size = groups.pop() ?? 0
  if (groups.length === 0) groups.push(0)
  return Math.max(1, size)
}
