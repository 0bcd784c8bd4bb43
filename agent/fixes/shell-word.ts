/** One word of a shell command as it is: a unit's name may hold a backslash, a path almost anything. */
export function shellWord(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : quoted(text)
}

/** In single quotes, where nothing has another meaning: also in the patterns of `case`. */
export function quoted(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`
}
