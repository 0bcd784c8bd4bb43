import { findIn, readPattern } from '#agent/model/pattern.ts'
import type { Setting } from './multipath-file.ts'

/** A disk as multipathd sees it; of its device names all must be left out, since it may get any. */
export interface Disk {
  readonly vendor: string
  readonly product: string
  readonly protocol: string
  readonly wwid: string
  readonly devnodes: readonly string[]
}

/** null when a pattern of the file cannot be read here. */
type Matched = boolean | null

/**
 * Whether multipathd leaves a disk alone by its configuration: each way of naming it (devnode, device, protocol, wwid) is
 * looked at by itself, and an exception counts for its own way only.
 * https://manpages.ubuntu.com/manpages/plucky/man5/multipath.conf.5.html ("blacklist and blacklist_exceptions sections")
 */
export function leavesOut(settings: readonly Setting[], disk: Disk): Matched {
  const ways = [
    all(disk.devnodes.map((name) => byWord(settings, 'devnode', name))),
    byDevice(settings, disk),
    byWord(settings, 'protocol', disk.protocol),
    byWord(settings, 'wwid', disk.wwid),
  ]
  if (ways.includes(true)) return true
  const hasProperty = settings.some((one) => one.sections[0] === 'blacklist' && one.keyword === 'property')
  return ways.includes(null) || hasProperty ? null : false
}

function all(matches: readonly Matched[]): Matched {
  if (matches.includes(false)) return false
  return matches.includes(null) ? null : true
}

function byWord(settings: readonly Setting[], keyword: string, value: string): Matched {
  const matched = (section: string) =>
    some(
      settings
        .filter((one) => one.sections.join() === section && one.keyword === keyword)
        .map((one) => matches(one.value, value)),
    )
  return unless(matched('blacklist'), () => matched('blacklist_exceptions'))
}

function byDevice(settings: readonly Setting[], disk: Disk): Matched {
  const matched = (section: string) =>
    some(devicesIn(settings, section).map((device) => matchesDevice(device, disk)))
  const named = some([matched('blacklist'), byProductBlacklist(settings, disk)])
  return unless(named, () => matched('blacklist_exceptions'))
}

type Device = Readonly<Record<string, string>>

function devicesIn(settings: readonly Setting[], section: string): readonly Device[] {
  const inside = settings.filter((one) => one.sections.join() === `${section},device`)
  return [...Map.groupBy(inside, ({ block }) => block).values()].map((lines) =>
    Object.fromEntries(lines.map(({ keyword, value }) => [keyword, value])),
  )
}

/** One without a vendor or a product is for any. */
function matchesDevice({ vendor, product }: Device, disk: Disk): Matched {
  if (vendor === undefined && product === undefined) return false
  return all([
    vendor === undefined ? true : matches(vendor, disk.vendor),
    product === undefined ? true : matches(product, disk.product),
  ])
}

/** What `devices` says of the products of a vendor that are no disks for multipathd. */
function byProductBlacklist(settings: readonly Setting[], disk: Disk): Matched {
  const devices = devicesIn(settings, 'devices').flatMap(({ vendor, product_blacklist: product }) =>
    product === undefined ? [] : [{ ...(vendor !== undefined && { vendor }), product }],
  )
  return some(devices.map((device) => matchesDevice(device, disk)))
}

function some(matched: readonly Matched[]): Matched {
  if (matched.includes(true)) return true
  return matched.includes(null) ? null : false
}

function unless(named: Matched, excepted: () => Matched): Matched {
  if (named === false) return false
  const isExcepted = excepted()
  if (isExcepted === true) return false
  return isExcepted === null ? null : named
}

/** POSIX extended expressions, of which RE2 reads the same; one that begins with ! is for what does not match. */
function matches(pattern: string, value: string): Matched {
  const isInverted = pattern.startsWith('!')
  const read = patternOf(isInverted ? pattern.slice(1) : pattern)
  if ('error' in read) return null
  const found = findIn(read, { text: value })
  return found === null ? null : found !== isInverted
}

/** Read once: custom checks may have a hundred thousand names that each pattern of the file is tried on. */
function patternOf(text: string): ReturnType<typeof readPattern> {
  const read = patterns.get(text) ?? readPattern(text)
  if (patterns.size >= mostPatterns) patterns.clear()
  patterns.set(text, read)
  return read
}

const patterns = new Map<string, ReturnType<typeof readPattern>>()

/** More than any file has; those of a file that changes do not stay for good. */
const mostPatterns = 200
