import ms from 'ms'

/** For who checks the form alone. */
export const durationPattern = String.raw`^\d{1,9}(\.\d{1,3})?(ms|s|m|h|d)$`
const form = new RegExp(durationPattern)

/** "90s", "1.5m", "500ms" in milliseconds; null when it is not such a text. */
export function parseDuration(text: string): number | null {
  return form.test(text) ? ms(text as ms.StringValue) : null
}

/** A length of time in one word, for people: "3m", "2h". */
export function showDuration(milliseconds: number): string {
  return ms(Math.max(0, Math.round(milliseconds)))
}
