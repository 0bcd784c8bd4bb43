/** A family of metrics as OpenMetrics describes it. */
export interface Family {
  readonly name: string
  type: string
  unit: string
  help: string
  readonly samples: Sample[]
}

export interface Sample {
  readonly name: string
  readonly labels: Readonly<Record<string, string>>
  readonly value: number
}

/** By type: what the names of its samples have after the family's name. `_created` is never written here. */
const suffixes: Readonly<Record<string, readonly string[]>> = {
  counter: ['_total'],
  gauge: [''],
  info: ['_info'],
  histogram: ['_bucket', '_sum', '_count'],
}

const name = '[a-zA-Z_:][a-zA-Z0-9_:]*'
const escaped = String.raw`(?:[^"\\\n]|\\["\\n])*`
const label = `(?!__)[a-zA-Z_][a-zA-Z0-9_]*="${escaped}"`
const descriptor = new RegExp(`^# (TYPE|UNIT|HELP) (${name}) (${escaped})$`)
const sample = new RegExp(`^(${name})(?:\\{(${label}(?:,${label})*)\\})? (\\S+)$`)
const number = /^(?:[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?|\+Inf|-Inf|NaN)$/
/** Go's shortest way, with a point: https://github.com/prometheus/OpenMetrics (canonical numbers). */
const bound = /^(?:\d+\.\d+|\d(?:\.\d+)?e[+-]\d{2,}|\+Inf)$/

/**
 * Reads OpenMetrics text by every rule of https://github.com/prometheus/OpenMetrics/blob/main/specification/OpenMetrics.md that
 * concerns what we write, and throws at the first that is broken.
 */
export function readOpenMetrics(text: string): readonly Family[] {
  const lines = text.split('\n')
  must(lines.pop() === '', 'the last line does not end')
  must(lines.pop() === '# EOF', 'the end is not # EOF')
  const families: Family[] = []
  for (const line of lines) {
    if (line.startsWith('#')) readDescriptor(line, families)
    else readSample(line, families)
  }
  families.forEach(checkFamily)
  const names = families.flatMap((family) => [...namesOf(family)])
  must(new Set(names).size === names.length, 'two families share a name')
  return families
}

function readDescriptor(line: string, families: Family[]): void {
  const [, kind = '', of = '', value = ''] = descriptor.exec(line) ?? []
  must(of !== '', `no descriptor: ${line}`)
  if (families.at(-1)?.name !== of) families.push({ name: of, type: '', unit: '', help: '', samples: [] })
  const family = families.at(-1)
  const key = kind.toLowerCase() as 'type' | 'unit' | 'help'
  must(family?.[key] === '' && family.samples.length === 0, `it is too late for ${line}`)
  if (family !== undefined) family[key] = value
}

function readSample(line: string, families: readonly Family[]): void {
  const [, of = '', labels = '', value = ''] = sample.exec(line) ?? []
  must(number.test(value), `no sample: ${line}`)
  const pairs = [...labels.matchAll(new RegExp(`([^=,]+)="(${escaped})"`, 'g'))]
  const read = Object.fromEntries(pairs.map(([, label, said = '']) => [label, unescape(said)]))
  must(Object.keys(read).length === pairs.length, `a label is there twice: ${line}`)
  const family = families.at(-1)
  must(family !== undefined && namesOf(family).has(of), `a sample of another family: ${line}`)
  family?.samples.push({ name: of, labels: read, value: Number(value.replace('Inf', 'Infinity')) })
}

function namesOf({ name, type }: Family): ReadonlySet<string> {
  return new Set((suffixes[type] ?? []).map((suffix) => name + suffix))
}

function checkFamily(family: Family): void {
  const { name, type, unit, help, samples } = family
  must(type in suffixes, `${name} has the type ${type}`)
  must(help !== '', `${name} is not explained`)
  must(unit === '' || name.endsWith(`_${unit}`), `${name} does not end in its unit ${unit}`)
  const keys = samples.map((one) => {
    const pairs = Object.entries(one.labels).map((pair) => JSON.stringify(pair))
    return [one.name, ...pairs.toSorted()].join(' ')
  })
  must(new Set(keys).size === keys.length, `${name} has a series twice`)
  if (type === 'counter')
    must(
      samples.every(({ value }) => value >= 0),
      `${name} is less than 0`,
    )
  if (type === 'info')
    must(
      samples.every(({ value }) => value === 1),
      `${name} is not 1`,
    )
  if (type === 'histogram') checkHistogram(name, samples)
}

/** Each metric is whole, in one piece, and its buckets add up. */
function checkHistogram(name: string, samples: readonly Sample[]): void {
  const ofBuckets = samples.filter((one) => one.name.endsWith('_bucket'))
  must(
    ofBuckets.every(({ labels }) => bound.test(labels['le'] ?? '')),
    `${name} has an odd bound`,
  )
  const keyOf = ({ labels: { le: _le, ...labels } }: Sample) => JSON.stringify(labels)
  const pieces = samples.map(keyOf).filter((key, index, all) => key !== all[index - 1])
  must(new Set(pieces).size === pieces.length, `a metric of ${name} is in pieces`)
  for (const own of Map.groupBy(samples, keyOf).values()) {
    const buckets = own.filter((one) => one.name.endsWith('_bucket'))
    const bounds = buckets.map(({ labels }) => Number(labels['le']?.replace('+Inf', 'Infinity')))
    const counts = buckets.map(({ value }) => value)
    must(isRising(bounds) && isRising(counts), `the buckets of ${name} do not rise`)
    must(bounds.at(-1) === Infinity, `${name} has no bucket +Inf`)
    const [sum, count] = ['_sum', '_count'].map((end) => own.find((one) => one.name.endsWith(end))?.value)
    must(count === counts.at(-1) && sum !== undefined, `${name} has another count than its buckets`)
  }
}

function isRising(values: readonly number[]): boolean {
  return values.every((value, index) => index === 0 || value >= (values[index - 1] ?? 0))
}

function unescape(text: string): string {
  return text.replaceAll(/\\(.)/g, (_, one: string) => (one === 'n' ? '\n' : one))
}

function must(isSo: boolean, otherwise: string): void {
  if (!isSo) throw new Error(`not OpenMetrics: ${otherwise}`)
}
