/** A one-line field of a stanza ("Version: ", "V:"), found without parsing the others; null when it has none. */
export function stanzaField(stanza: string, key: string): string | null {
  const at = stanza.startsWith(key) ? 0 : stanza.indexOf(`\n${key}`)
  if (at === -1) return null
  const from = stanza.startsWith(key) ? key.length : at + 1 + key.length
  const end = stanza.indexOf('\n', from)
  return stanza.slice(from, end === -1 ? undefined : end).trim()
}
