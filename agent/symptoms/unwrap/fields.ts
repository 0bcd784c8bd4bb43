/** logfmt, as logrus, containerd and slog write it: `time="..." level=error msg="..." error="..."`. null when it is none. */
export function readFields(text: string): string | null {
  if (!/^(?:time|ts|t|level|lvl|logger|msg|caller)=/.test(text) || !/\bmsg=/.test(text)) return null
  const fields = [...text.matchAll(/([\w.@-]+)=("(?:[^"\\]|\\[^])*"?|\S*)/g)].map(
    ([, key = '', value = '']) => ({
      key,
      value: unquote(value).replace(/^"|"$/g, ''),
    }),
  )
  const said = fields.filter(({ key }) => /^(?:msg|message|err|error|stderr|output|reason)$/.test(key))
  return said
    .map(({ value }) => value)
    .filter((value) => value !== '')
    .join(': ')
}

/** Escapes in escapes: an error that was quoted and then logged as JSON. */
const mostLevels = 4

/** Takes away the escapes of Go's %q and JSON, at every level; what is no escape stays. */
export function unquote(text: string): string {
  let plain = text
  for (let level = 0; level < mostLevels && plain.includes('\\'); level++) {
    const next = plain.replace(escapes, (whole) => charOf(whole.slice(1)))
    if (next === plain) break
    plain = next
  }
  return plain
}

const escapes = /\\(?:u[0-9a-fA-F]{4}|x[0-9a-fA-F]{2}|[nrt"'\\/])/g

function charOf(escape: string): string {
  if (escape.length > 1) return String.fromCodePoint(Number.parseInt(escape.slice(1), 16))
  return controls[escape] ?? escape
}

const controls: Readonly<Record<string, string>> = { n: '\n', r: '\n', t: '\t' }
