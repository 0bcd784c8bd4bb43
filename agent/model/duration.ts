import ms from 'ms'

/** For schemas, which check only the form. */
export const durationPattern = String.raw`^\d{1,9}(\.\d{1,3})?(ms|s|m|h|d)$`
const form = new RegExp(durationPattern)

/** "90s", "1.5m" or "500ms" in milliseconds; null for any other text. */
export function parseDuration(text: string): number | null {
  return form.test(text) ? ms(text as ms.StringValue) : null
}

/** A duration in one word, for people: "3m", "2h". */
export function showDuration(milliseconds: number): string {
  return ms(Math.max(0, Math.round(milliseconds)))
}
