import { labelKey } from '#agent/model/names.ts'
import type { Report } from '#agent/model/report.ts'

/** Bytes; a larger file is dropped as a whole. */
const largest = 65_536

/** After so many intervals without a new file the labels go, as a report is stale then. */
const intervals = 3

/**
 * A file of node-feature-discovery's features.d (https://kubernetes-sigs.github.io/node-feature-discovery/stable/usage/customization-guide.html):
 * the labels that an agent puts on its Node, by a program that may.
 */
export function renderNfd({ node, at, settings, checks }: Report): string {
  const expires = new Date(Date.parse(at) + intervals * settings.interval)
  const head = [`# hostdeps on ${node}`, `# +expiry-time=${expires.toISOString().replace(/\.\d+Z$/, 'Z')}`]
  const lines = checks.map(({ name, published }) => `${labelKey(name)}=${published.state}`)
  const fitting = fit(lines, largest - Buffer.byteLength(head.join('\n')) - reserved)
  const left = lines.length - fitting.length
  const rest =
    left === 0 ? [] : [`# ${left} checks are left out: the file would be larger than ${largest} bytes`]
  return [...head, ...rest, ...fitting, ''].join('\n')
}

/** For the line that says what is left out, and line ends. */
const reserved = 200

function fit(lines: readonly string[], bytes: number): string[] {
  let left = bytes
  return lines.filter((line) => {
    left -= Buffer.byteLength(line) + 1
    return left >= 0
  })
}
