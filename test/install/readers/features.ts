/** What node-feature-discovery makes of one file of features.d. */
export interface Features {
  readonly labels: Readonly<Record<string, string>>
  /** Until when they hold, by the label; null for ever. */
  readonly expiry: Readonly<Record<string, string | null>>
}

const largest = 65_536
const rfc3339 = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/

/** https://github.com/kubernetes/apimachinery/blob/master/pkg/util/validation/validation.go */
const labelName = /^([a-z0-9]([-a-z0-9.]*[a-z0-9])?\/)?[A-Za-z0-9]([-\w.]{0,61}[A-Za-z0-9])?$/
const labelValue = /^([A-Za-z0-9]([-\w.]{0,61}[A-Za-z0-9])?)?$/

/**
 * Reads as its local source does, by its customization guide, and throws where that would ignore something or where no label can
 * come of it: it takes a malformed expiry for none and leaves blanks in names.
 */
export function readFeatures(text: string): Features {
  if (Buffer.byteLength(text) > largest) throw new Error(`${Buffer.byteLength(text)} bytes`)
  const labels: Record<string, string> = {}
  const expiry: Record<string, string | null> = {}
  let until: string | null = null
  for (const line of text.split('\n').map((line) => line.trim())) {
    const [, time] = /^# \+expiry-time=(.*)$/.exec(line) ?? []
    if (time !== undefined && !rfc3339.test(time)) throw new Error(`an expiry that is ignored: ${line}`)
    until = time ?? until
    if (line === '' || line.startsWith('#')) continue
    const [name = '', ...values] = line.split('=')
    const value = values.length === 0 ? 'true' : values.join('=')
    if (!labelName.test(name) || !labelValue.test(value)) throw new Error(`no label: ${line}`)
    if (name in labels) throw new Error(`twice: ${name}`)
    labels[name] = value
    expiry[name] = until
  }
  return { labels, expiry }
}
