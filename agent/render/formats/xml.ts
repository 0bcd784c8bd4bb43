/** What no XML 1.0 document may have, even escaped (https://www.w3.org/TR/xml/#charsets); halves of surrogate pairs among them. */
const forbidden = /[^\t\n\r\x20-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]/gu

const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' }

/** A text for between tags. */
export function xmlText(text: string): string {
  return text
    .replace(forbidden, '\ufffd')
    .replace(/[&<>"]/g, (character) => entities[character] ?? character)
    .replaceAll('\r', '&#13;')
}

/** The attributes of a tag, each after a space. Line breaks would become blanks. */
export function xmlAttributes(attributes: Readonly<Record<string, string | number>>): string {
  return Object.entries(attributes)
    .map(([name, value]) => ` ${name}="${xmlText(String(value)).replace(/[\t\n]/g, ' ')}"`)
    .join('')
}
