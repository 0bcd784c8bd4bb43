import ms from 'ms'

/** For schemas, which check only the form. */
export const durationPattern = String.raw`^\d{1,9}(\.\d{1,3})?(ms|s|m|h|d)$`
const form = new RegExp(durationPattern)

/** "90s", "1.5m" or "500ms" in milliseconds; null for any other text. */
export function parseDuration(text: string): number | null {
  return form.test(text) ? ms(text as ms.StringValue) : null
}

/** As kubectl reads one too: also "1m30s", as Go writes it (https://pkg.go.dev/time#ParseDuration), and whole seconds alone. */
export function parseFlagDuration(text: string): number | null {
  if (/^\d{1,9}$/.test(text)) return Number(text) * 1_000
  return parseDuration(text) ?? parseGoDuration(text)
}

const goUnits: Readonly<Record<string, number>> = {
  ns: 1e-6,
  us: 1e-3,
  µs: 1e-3,
  ms: 1,
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
}
const goPart = /(\d{1,9}(?:\.\d{0,9})?|\.\d{1,9})(ns|us|µs|ms|s|m|h)/gy

function parseGoDuration(text: string): number | null {
  const parts = [...text.matchAll(goPart)]
  if (parts.length === 0 || parts.map(([whole]) => whole).join('') !== text) return null
  const sum = parts.reduce((all, [, count, unit]) => all + Number(count) * (goUnits[unit ?? ''] ?? 0), 0)
  return Math.ceil(sum)
}

/** A duration in one word, for people: "3m", "2h". */
export function showDuration(milliseconds: number): string {
  return ms(Math.max(0, Math.round(milliseconds)))
}
