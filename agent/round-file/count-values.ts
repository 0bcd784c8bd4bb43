import { mostLineValues } from '#agent/model/bounds.ts'

const [quote, backslash, comma] = ['"', '\\', ','].map(codeOf)
const opening = ['[', '{'].map(codeOf)

/** Whether a JSON text has more values than the limit, without creating any of them. */
export function hasTooManyValues(json: Buffer): boolean {
  let values = 0
  let isText = false
  for (let at = 0; at < json.length; at++) {
    const byte = json[at] ?? 0
    if (byte === quote) isText = !isText
    else if (isText && byte === backslash) at++
    else if (!isText && (byte === comma || opening.includes(byte))) values++
    if (values > mostLineValues) return true
  }
  return false
}

function codeOf(character: string): number {
  return character.charCodeAt(0)
}
