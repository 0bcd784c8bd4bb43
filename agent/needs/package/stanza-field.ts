/** A one-line field of a stanza ("Version: ", "V:"), found without parsing the others; null when it has none. */
export function stanzaField(stanza: string, key: string): string | null {
  const at = stanza.startsWith(key) ? 0 : stanza.indexOf(`\n${key}`) + 1
  if (at === 0 && !stanza.startsWith(key)) return null
  const from = at + key.length
  const end = stanza.indexOf('\n', from)
  return stanza.slice(from, end === -1 ? undefined : end).trim()
}
