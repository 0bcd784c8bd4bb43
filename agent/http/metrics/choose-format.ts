import type { MetricsFormat } from '#agent/render/exposition.ts'

/**
 * The format that a client likes best by its Accept (RFC 9110, 12.5.1). Prometheus text is the default: for whoever takes
 * anything, likes both alike, or takes neither.
 */
export function chooseFormat(accept: string | undefined): MetricsFormat {
  const ranges = (accept ?? '').split(',').map(readRange)
  const text = likingOf(ranges, { type: 'text/plain', version: '0.0.4' })
  const open = likingOf(ranges, { type: 'application/openmetrics-text', version: '1.0.0' })
  const isLiked = open.weight === text.weight ? open.closeness > text.closeness : open.weight > text.weight
  return isLiked && open.weight > 0 ? 'openMetrics' : 'text'
}

interface Range {
  /** In lower case: "text/plain", "text/*" or "*\/*". */
  readonly type: string
  /** undefined where any will do. */
  readonly version: string | undefined
  /** From 0, which means never, to 1. */
  readonly weight: number
}

/** Other parameters, such as charset and Prometheus' escaping, decide nothing. */
function readRange(text: string): Range {
  const [type = '', ...rest] = text.split(';').map((part) => part.trim())
  const parameters = new Map(rest.map(readParameter))
  const weight = Number(parameters.get('q') ?? 1)
  return { type: type.toLowerCase(), version: parameters.get('version'), weight: weight <= 1 ? weight : 0 }
}

function readParameter(text: string): [name: string, value: string] {
  const [name = '', value = ''] = text.split('=')
  return [name.trim().toLowerCase(), value.trim().replace(/^"(.*)"$/, '$1')]
}

interface Offer {
  readonly type: string
  readonly version: string
}

interface Liking {
  readonly weight: number
  /** How exactly the offer is named; the most exact range decides. */
  readonly closeness: number
}

function likingOf(ranges: readonly Range[], offer: Offer): Liking {
  return ranges
    .map((range) => ({ weight: range.weight, closeness: closenessOf(range, offer) }))
    .reduce((best, one) => (one.closeness > best.closeness ? one : best), { weight: 0, closeness: 0 })
}

/** 0 when the range is about something else. */
function closenessOf({ type, version }: Range, offer: Offer): number {
  if (type === offer.type) return version === undefined ? 3 : version === offer.version ? 4 : 0
  if (type === offer.type.replace(/\/.*/, '/*')) return 2
  return type === '*/*' ? 1 : 0
}
