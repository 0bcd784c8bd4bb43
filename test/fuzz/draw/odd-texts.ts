import type { Random } from './random.ts'

/** Texts at which programs stumble, each of another sort. */
const oddTexts = [
  '',
  ' ',
  '\n',
  '\r\n',
  '\t',
  '\0',
  '\u001b[31m',
  '\u001b]0;title\u0007',
  '\u009b2J',
  '\u202e',
  '\u2066\u2069',
  '\u061c',
  '\u200b',
  '\u2028',
  '\ufeff',
  '\ufffd',
  '\ud800',
  '\u{e0041}',
  '\u{1f600}',
  'e\u0301',
  'null',
  'true',
  '~',
  '-1',
  '0',
  '1e308',
  '1e999',
  '0x7fffffffffffffff',
  '18446744073709551616',
  '.nan',
  '.inf',
  '2026-02-30',
  '__proto__',
  'constructor',
  'toString',
  '../../etc/shadow',
  '/proc/self/environ',
  '<script>alert(1)</script><x-fuzz>',
  '"><x-fuzz a="',
  "'",
  '"',
  '`id`',
  '$(id)',
  '%n%s',
  '\\',
  '*',
  '[9-0]',
  '[',
  '[!]',
  '(',
  '(a+)+$',
  '(?:x{1,1000}){1,1000}',
  '{',
  '}',
  '#',
  ': ',
  '- ',
  '--- ',
  '&a ',
  '*a',
  '!!binary ',
  '<<: *a',
  '|',
  '>-',
  '@',
  '==> x <==',
  '=',
  '\u0085',
] as const

/** One of them, or a run of one, now and then a long one. */
export function oddText(random: Random): string {
  const text = random.pick(oddTexts)
  if (random.chance(0.7)) return text
  if (random.chance(0.6)) return text + random.pick(oddTexts)
  return text.repeat(1 + random.few(random.chance(0.1) ? 30_000 : 300))
}

/** What no text has by itself, in the types that YAML and JSON know. */
export function oddValue(random: Random): unknown {
  return random.pick<() => unknown>([
    () => oddText(random),
    () => oddText(random),
    () => null,
    () => random.chance(0.5),
    () => oddNumber(random),
    () => oddNumber(random),
    () => [],
    () => ({}),
    () => [oddText(random)],
    () => ({ [oddText(random)]: oddText(random) }),
  ])()
}

export function oddNumber(random: Random): number {
  return random.pick([
    0,
    -0,
    -1,
    1,
    0.1,
    1e-9,
    64,
    65_536,
    2 ** 31,
    2 ** 53,
    1e21,
    1e300,
    -1e300,
    random.below(1_000_000),
  ])
}

/** A text with some of it changed: bytes, words and lines are replaced, taken out, doubled and put elsewhere. */
export function mutateText(random: Random, text: string, others: readonly string[] = []): string {
  let changed = text
  const most = text.length + 50_000
  for (let left = 1 + random.few(6); left > 0; left--)
    changed = mutateOnce(random, changed, others).slice(0, most)
  return changed
}

function mutateOnce(random: Random, text: string, others: readonly string[]): string {
  const [from, to] = partOf(random, text)
  const [head, part, tail] = [text.slice(0, from), text.slice(from, to), text.slice(to)]
  return random.pick<() => string>([
    () => head + oddText(random) + tail,
    () => head + oddText(random) + part + tail,
    () => head + tail,
    () => head + part + part + tail,
    () => head + part.repeat(2 + Math.min(random.few(200), 50_000 / (part.length + 1))) + tail,
    () => text.slice(0, to),
    () => head + flip(random, part) + tail,
    () => head + String.fromCharCode(random.below(random.chance(0.5) ? 256 : 65_536)) + tail,
    () => head + borrow(random, random.some(others) ?? text) + tail,
    () => moveTo(random, head + tail, part),
  ])()
}

/** Where a part of a text is: a few letters, a word, or some lines. */
function partOf(random: Random, text: string): readonly [from: number, to: number] {
  const at = random.below(text.length + 1)
  if (random.chance(0.4)) return [at, Math.min(text.length, at + random.few(20))]
  if (random.chance(0.5)) {
    const word =
      text
        .slice(Math.max(0, at - 100), at)
        .split(/[^\w.-]/)
        .at(-1) ?? ''
    return [at - word.length, at + (/^[\w.-]*/.exec(text.slice(at, at + 200))?.[0].length ?? 0)]
  }
  const from = text.lastIndexOf('\n', at - 1) + 1
  let end = text.indexOf('\n', at)
  for (let more = random.few(5); more > 0 && end !== -1; more--) end = text.indexOf('\n', end + 1)
  return [from, end === -1 ? text.length : end + 1]
}

function borrow(random: Random, other: string): string {
  return other.slice(...partOf(random, other))
}

function moveTo(random: Random, text: string, part: string): string {
  const at = random.below(text.length + 1)
  return text.slice(0, at) + part + text.slice(at)
}

function flip(random: Random, part: string): string {
  const bytes = Buffer.from(part)
  if (bytes.length > 0) {
    const at = random.below(bytes.length)
    bytes[at] = (bytes[at] ?? 0) ^ (1 << random.below(8))
  }
  return bytes.toString()
}

/** Makes a text grow at one place of it: the part there stands as often as is asked for. */
export function pump(random: Random, text: string): (bytes: number) => string {
  const [from, to] = partOf(random, text)
  const part = to > from && random.chance(0.8) ? text.slice(from, to) : oddText(random).slice(0, 40) || 'a'
  const [head, tail] = [text.slice(0, from), text.slice(to)]
  return (bytes) => head + part.repeat(Math.max(1, Math.ceil(bytes / part.length))) + tail
}
