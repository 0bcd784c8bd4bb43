import { expect, test } from 'vitest'
import { plainLine, unprintable } from '#agent/model/plain.ts'

test.each([
  ['an escape sequence', '\u001b[31m'],
  ['a C1 control sequence', '\u009b31m'],
  ['NUL', '\0'],
  ['carriage return', '\r'],
  ['line break', '\n'],
  ['next line', '\u0085'],
  ['line separator', '\u2028'],
  ['paragraph separator', '\u2029'],
  ['right-to-left override', '\u202e'],
  ['isolate', '\u2066'],
  ['Arabic letter mark', '\u061c'],
  ['soft hyphen', '\u00ad'],
  ['zero-width space', '\u200b'],
  ['zero-width joiner', '\u200d'],
  ['word joiner', '\u2060'],
  ['invisible times', '\u2062'],
  ['byte order mark', '\ufeff'],
  ['interlinear annotation', '\ufff9'],
  ['Hangul filler', '\u3164'],
  ['combining grapheme joiner', '\u034f'],
  ['language tag', '\u{e0001}'],
  ['tag letter', '\u{e0061}'],
  ['lone high surrogate', '\ud83d'],
  ['lone low surrogate', '\ude00'],
])('%s becomes a space', (_, char) => {
  expect(plainLine(`a${char}b`)).toMatch(/^a [^\p{Cc}]*b$/u)
  expect(plainLine(char.repeat(3))).not.toMatch(new RegExp(`[${unprintable}]`, 'u'))
})

test.each(['Größe', '日本語', '😀', '❤\ufe0f', 'a b', 'naïve'])('%s stays', (text) => {
  expect(plainLine(text)).toBe(text)
})

test('a long line is cut to 1,000, never within a surrogate pair', () => {
  for (const start of [0, 1]) {
    const cut = plainLine('x'.repeat(start) + '😀'.repeat(1000))
    expect(cut.length).toBeLessThanOrEqual(1000)
    expect(cut.length).toBeGreaterThanOrEqual(999)
    expect(cut.isWellFormed()).toBe(true)
    expect(cut.endsWith('😀…')).toBe(true)
  }
})
