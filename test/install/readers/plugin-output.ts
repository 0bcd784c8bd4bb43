export interface PluginOutput {
  readonly text: string
  /** By the label. */
  readonly numbers: Readonly<Record<string, PluginNumber>>
  readonly details: readonly string[]
}

export interface PluginNumber {
  readonly value: number
  readonly unit: string
  readonly warn: string
  readonly crit: string
  readonly min: string
  readonly max: string
}

const number =
  /^(?:'([^'=]+)'|([^'=\s]+))=(-?[\d.]+)([a-zA-Z%]*);?([\d.:~@]*);?([\d.:~@]*);?([\d.]*);?([\d.]*)$/

/** Reads what a plugin prints, by the guidelines of Monitoring Plugins: text, a bar, numbers; then details without another bar. */
export function readPlugin(output: string): PluginOutput {
  if (Buffer.byteLength(output) > 8_192) throw new Error(`${Buffer.byteLength(output)} bytes`)
  const [first = '', ...details] = output.replace(/\n$/, '').split('\n')
  if (Buffer.byteLength(first) > 1_023) throw new Error(`a first line of ${Buffer.byteLength(first)} bytes`)
  if (details.some((line) => line.includes('|'))) throw new Error('a second bar')
  const [text = '', numbers = '', ...others] = first.split('|')
  if (others.length > 0) throw new Error(`${others.length + 1} bars in the first line`)
  const read = numbers.trim().split(/ +/).filter(Boolean).map(readNumber)
  return { text: text.trim(), numbers: Object.fromEntries(read), details }
}

function readNumber(written: string): [string, PluginNumber] {
  const match = number.exec(written)
  if (match === null) throw new Error(`no number: ${written}`)
  const [, quoted, plain, value, unit = '', warn = '', crit = '', min = '', max = ''] = match
  return [quoted ?? plain ?? '', { value: Number(value), unit, warn, crit, min, max }]
}
