/**
 * An upper estimate of the instructions that a pattern in RE2 syntax compiles to, apart from those around the whole. It takes
 * linear time and compiles nothing: `(x{1,1000})?` written 80 times is 80,000. An invalid pattern may get any size.
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

/** @param atom the size of what is repeated */
function sizeOf(token: string, atom: number): number {
  const times = timesOf(token)
  if (times !== null) return times * (atom + 1) + 1
  return atom + (token.startsWith(String.raw`\Q`) ? token.length : 2)
}

/**
 * A quoted run, an escape (perhaps with braces), a class (a leading ] is a member of it, and it may contain [:word:]), a repeat,
 * or any other character.
 */
const tokens =
  /\\Q(?:(?!\\E)[^])*(?:\\E)?|\\[pPx]\{[^}]*\}|\\[^]|\[\^?\]?(?:\[:[^\]]*:\]|\\[^]|[^\]\\])*\]?|\{\d+(?:,\d*)?\}|[^]/gu

/** How many times a repeat may repeat; null for any other token. */
function timesOf(token: string): number | null {
  const [, least, most] = /^\{(\d+)(?:,(\d*))?\}$/.exec(token) ?? []
  return least === undefined ? null : Math.max(1, Number(least), Number(most ?? 0))
}

/** A ) that closes nothing is a mistake, and counts as if it closed everything. */
function closeGroup(groups: number[]): number {
  const size = groups.pop() ?? 0
  if (groups.length === 0) groups.push(0)
  return Math.max(1, size)
}
