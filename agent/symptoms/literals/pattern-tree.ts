/** A pattern in RE2 syntax as a tree, as far as it matters which texts every match contains. */
export type Tree = Part & {
  /** As written; of a sequence or a choice what is in it. */
  readonly source: string
}

type Part =
  /** One of a few characters, in whatever case where the pattern says so. */
  | { readonly type: 'chars'; readonly chars: readonly string[] }
  /** Some character. */
  | { readonly type: 'any' }
  /** No character: ^, $, \b, (?i). */
  | { readonly type: 'empty' }
  | { readonly type: 'concat'; readonly items: readonly Tree[] }
  | { readonly type: 'either'; readonly items: readonly Tree[] }
  | { readonly type: 'repeat'; readonly item: Tree; readonly least: number; readonly most: number }

/** Characters of a class beyond which it counts as any character. */
const mostChars = 4

/** Reads a pattern that re2js has compiled; what it does not understand counts as any character, so the tree stays true. */
export function readTree(pattern: string): Tree {
  return new Reader(pattern).choice()
}

class Reader {
  readonly tokens: readonly string[]
  at = 0

  constructor(pattern: string) {
    this.tokens = [...pattern.matchAll(tokens)].map(([token]) => token)
  }

  /** Up to the end of the group. */
  choice(): Tree {
    const start = this.at
    const items: Tree[] = []
    let sequence: Tree[] = []
    let from = start
    const close = () => items.push({ type: 'concat', items: sequence, source: this.since(from) })
    while (this.token !== undefined && this.token !== ')') {
      if (this.token === '|') {
        close()
        this.at++
        sequence = []
        from = this.at
      } else sequence.push(...this.atom(this.token))
    }
    close()
    const [first] = items
    return items.length === 1 && first ? first : { type: 'either', items, source: this.since(start) }
  }

  get token(): string | undefined {
    return this.tokens[this.at]
  }

  since(start: number): string {
    return this.tokens.slice(start, this.at).join('')
  }

  atom(token: string): readonly Tree[] {
    const start = this.at
    this.at++
    if (token.startsWith('(') && !/^\(\?[a-zA-Z-]*\)$/.test(token)) {
      const inner = this.choice()
      this.at++
      return [this.repeated({ ...inner, source: this.since(start) }, start)]
    }
    if (!token.startsWith(String.raw`\Q`)) return [this.repeated(single(token), start)]
    const chars = Array.from(token.replace(/^\\Q/, '').replace(/\\E$/, ''), (char) =>
      oneOf([char], String.raw`\Q${char}\E`),
    )
    const last = chars.pop()
    return last === undefined ? [] : [...chars, this.repeated(last, start)]
  }

  repeated(item: Tree, start: number): Tree {
    const times = timesOf(this.token ?? '')
    if (times === null) return item
    this.at++
    const [least, most] = times
    return this.repeated({ type: 'repeat', item, least, most, source: this.since(start) }, start)
  }
}

/** Like the tokens of pattern-size.ts, with groups' beginnings and repeats (also the lazy ones) as one token each. */
const tokens =
  /\\Q(?:(?!\\E)[^])*(?:\\E)?|\\[pPx]\{[^}]*\}|\\x[0-9a-fA-F]{2}|\\[^]|\[\^?\]?(?:\[:[^\]]*:\]|\\[^]|[^\]\\])*\]?|\{\d+(?:,\d*)?\}\??|[*+?]\??|\(\?P?<\w+>|\(\?[a-zA-Z-]*[:)]|[^]/gu

function timesOf(token: string): readonly [number, number] | null {
  if (/^\*\??$/.test(token)) return [0, Infinity]
  if (/^\+\??$/.test(token)) return [1, Infinity]
  if (/^\?\??$/.test(token)) return [0, 1]
  const [, least, comma, most] = /^\{(\d+)(,?)(\d*)\}\??$/.exec(token) ?? []
  if (least === undefined) return null
  return [Number(least), comma === '' ? Number(least) : most === '' ? Infinity : Number(most)]
}

function single(token: string): Tree {
  if (token === '^' || token === '$' || /^\\[AzbB]$|^\(\?/.test(token))
    return { type: 'empty', source: token }
  if (token.startsWith('[')) return charClass(token)
  if (token.startsWith('\\')) return escaped(token)
  return token === '.' ? { type: 'any', source: token } : oneOf([token], token)
}

const controls: Readonly<Record<string, string>> = {
  t: '\t',
  n: '\n',
  r: '\r',
  f: '\f',
  v: '\v',
  a: '\u0007',
}

function escaped(token: string): Tree {
  const [, code = ''] = /^\\x\{?([0-9a-fA-F]+)\}?$/.exec(token) ?? []
  if (code !== '') return oneOf([String.fromCodePoint(Math.min(Number.parseInt(code, 16), 0x10_ffff))], token)
  const char = token.slice(1)
  if (controls[char] !== undefined) return oneOf([controls[char]], token)
  return /^[^a-zA-Z0-9]$/.test(char) ? oneOf([char], token) : { type: 'any', source: token }
}

/** `[Ff]` is a few characters; ranges, negations and escapes of letters are any character. */
function charClass(token: string): Tree {
  const inside = token.slice(1, -1)
  if (/^\^|\\[a-zA-Z0-9]|\[:|[^\\]-./.test(inside)) return { type: 'any', source: token }
  const chars = Array.from(inside.replace(/\\([^])/g, '$1'))
  return chars.length > 0 && chars.length <= mostChars ? oneOf(chars, token) : { type: 'any', source: token }
}

function oneOf(chars: readonly string[], source: string): Tree {
  return { type: 'chars', chars, source }
}
