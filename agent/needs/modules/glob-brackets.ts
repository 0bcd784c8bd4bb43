/** What stands for one character of a name. */
export interface Single {
  readonly fits: (char: string) => boolean
  /** Where the pattern goes on. */
  readonly next: number
}

/** What fits one part of a set: a class, or all from one character to another. */
type Item = (char: string) => boolean

/**
 * `[a-z_]`, `[!0-9]`, `[[:digit:]]` of a pattern, by the order of code units, as glibc's fnmatch(3) does it in the C locale.
 * null for what matches nothing: a set that is not closed (a name has no bracket to be meant by it), and a class or a
 * collating symbol that does not exist. https://man7.org/linux/man-pages/man7/glob.7.html
 */
export function parseBrackets(pattern: string, open: number): Single | null {
  const isNegated = ['!', '^'].includes(pattern.charAt(open + 1))
  const start = open + (isNegated ? 2 : 1)
  const items: Item[] = []
  let at = start
  // A bracket right at the beginning is one of the set.
  while (pattern.charAt(at) !== ']' || at === start) {
    const item = parseItem(pattern, at)
    if (item === null) return null
    items.push(item.fits)
    at = item.next
  }
  return { fits: (char) => items.some((fits) => fits(char)) !== isNegated, next: at + 1 }
}

function parseItem(pattern: string, at: number): Single | null {
  const name = stickyMatch(/\[:([a-z]{0,10}):\]/y, pattern, at)
  if (name !== null) {
    const known = classes[name]
    return known === undefined ? null : { fits: (char) => known.test(char), next: at + name.length + 4 }
  }
  const same = stickyMatch(/\[=([^])=\]/y, pattern, at)
  if (same !== null) return { fits: (char) => char === same, next: at + 5 }
  return parseRange(pattern, at)
}

function parseRange(pattern: string, at: number): Single | null {
  const from = parseBound(pattern, at)
  if (from === null) return null
  const isRange = pattern.charAt(from.next) === '-' && pattern.charAt(from.next + 1) !== ']'
  const to = isRange ? parseBound(pattern, from.next + 1) : from
  return to && { fits: (char) => from.char <= char && char <= to.char, next: to.next }
}

/** One end of a range: a character, one after a backslash, or `[.x.]`; null at the end of the pattern. */
function parseBound(pattern: string, at: number): { readonly char: string; readonly next: number } | null {
  const symbol = stickyMatch(/\[\.([^])\.\]/y, pattern, at)
  if (symbol !== null) return { char: symbol, next: at + 5 }
  if (pattern.startsWith('[.', at)) return null
  const isEscaped = pattern.charAt(at) === '\\'
  const char = pattern.charAt(isEscaped ? at + 1 : at)
  return char === '' ? null : { char, next: at + (isEscaped ? 2 : 1) }
}

function stickyMatch(form: RegExp, text: string, at: number): string | null {
  form.lastIndex = at
  return form.exec(text)?.[1] ?? null
}

const classes: Readonly<Record<string, RegExp | undefined>> = {
  alnum: /[0-9A-Za-z]/,
  alpha: /[A-Za-z]/,
  blank: /[ \t]/,
  cntrl: /[\0-\x1f\x7f]/,
  digit: /[0-9]/,
  graph: /[!-~]/,
  lower: /[a-z]/,
  print: /[ -~]/,
  punct: /[!-/:-@[-`{-~]/,
  space: /[ \t-\r]/,
  upper: /[A-Z]/,
  xdigit: /[0-9A-Fa-f]/,
}
