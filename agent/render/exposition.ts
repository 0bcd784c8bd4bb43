import { Registry } from 'prom-client'

/** The formats of /metrics, by their content types. */
export const metricsFormats = {
  text: Registry.PROMETHEUS_CONTENT_TYPE,
  openMetrics: Registry.OPENMETRICS_CONTENT_TYPE,
} as const

export type MetricsFormat = keyof typeof metricsFormats

/** OpenMetrics has one at the end of the whole, however many registries are written. */
export const endOfMetrics: Readonly<Record<MetricsFormat, string>> = { text: '', openMetrics: '# EOF\n' }

/**
 * Writes a registry as Prometheus text (https://prometheus.io/docs/instrumenting/exposition_formats/) or as OpenMetrics
 * (https://github.com/prometheus/OpenMetrics/blob/main/specification/OpenMetrics.md), without its end. prom-client's own writer of
 * OpenMetrics renames a registry's counters for good, and knows neither info nor units.
 */
export async function exposeMetrics(registry: Registry, format: MetricsFormat): Promise<string> {
  const families = await registry.getMetricsAsJSON()
  return families.flatMap((family) => linesOf(family, format)).join('')
}

type Family = Awaited<ReturnType<Registry['getMetricsAsJSON']>>[number]
/** Those of a histogram have names of their own, which prom-client's types leave out. */
type Sample = Family['values'][number] & { readonly metricName?: string }

function linesOf(family: Family, format: MetricsFormat): string[] {
  const head = format === 'text' ? textHead(family) : openMetricsHead(family)
  return [...head, ...family.values.map((sample) => sampleLine(family.name, sample, format))]
}

function textHead({ name, help, type }: Family): string[] {
  return [`# HELP ${name} ${escapeText(help)}\n`, `# TYPE ${name} ${String(type)}\n`]
}

/** What the names of samples end in is not in the family's name, except a unit. */
function openMetricsHead(family: Family): string[] {
  const type = family.name.endsWith('_info') ? 'info' : String(family.type)
  const name = family.name.replace(type === 'info' ? /_info$/ : type === 'counter' ? /_total$/ : /$^/, '')
  const [, unit] = /_(seconds|bytes)$/.exec(name) ?? []
  return [
    `# TYPE ${name} ${type}\n`,
    ...(unit === undefined ? [] : [`# UNIT ${name} ${unit}\n`]),
    `# HELP ${name} ${escapeQuoted(family.help)}\n`,
  ]
}

function sampleLine(
  name: string,
  { metricName = name, labels, value }: Sample,
  format: MetricsFormat,
): string {
  const pairs = Object.entries(labels).map(([label, said = '']) => {
    const text = label === 'le' && format === 'openMetrics' ? boundText(said) : escapeQuoted(String(said))
    return `${label}="${text}"`
  })
  return `${metricName}${pairs.length === 0 ? '' : `{${pairs.join(',')}}`} ${numberText(value)}\n`
}

/** OpenMetrics wants to see of a bucket's bound that it is a number of floating point. */
function boundText(bound: string | number): string {
  return Number.isInteger(bound) ? `${bound}.0` : String(bound)
}

function numberText(value: number): string {
  return Number.isFinite(value) || Number.isNaN(value) ? String(value) : value > 0 ? '+Inf' : '-Inf'
}

function escapeText(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n')
}

function escapeQuoted(text: string): string {
  return escapeText(text).replaceAll('"', '\\"')
}
