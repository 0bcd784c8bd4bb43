import type { FileText } from '#agent/model/question.ts'
import { compareDebVersions } from '#agent/versions/deb.ts'
import { packageFamily } from './package-family.ts'
import type { DatabaseRead, PackageState } from './package-state.ts'
import { shellWord } from '#agent/fixes/shell-word.ts'
import { stanzaField } from './stanza-field.ts'

const path = '/var/lib/dpkg/status'

/** All packages by reading dpkg's own file: no process, and the same cost for one name and for all. */
export const dpkg = packageFamily({
  // Bytes; a host of 10,000 packages has about 10 MiB.
  question: { ask: 'read', path, limit: 64 * 1024 * 1024 } as const,
  compare: compareDebVersions,
  read: readStatus,
})

/**
 * deb-control(5) stanzas. As for dpkg itself, one mistake makes the whole file worth nothing: whatever else was lost
 * would read as "not installed". So does a file without any package, since dpkg is one.
 */
function readStatus({ text }: FileText): DatabaseRead {
  const isWhole = text.endsWith('\n') && !text.includes('\0')
  const packages = isWhole ? parsePackages(text) : null
  if (packages === null || packages.own.size === 0) {
    return { fate: 'failed', detail: `${path} is cut off, or is no package database` }
  }
  const { own, provided } = packages
  return (name) => nearer(own.get(name) ?? absent, provided.get(name) ?? absent)
}

const absent: PackageState = { state: 'absent' }

interface Packages {
  /** By "libc6" and by "libc6:amd64". */
  readonly own: Map<string, PackageState>
  readonly provided: Map<string, PackageState>
}

function parsePackages(text: string): Packages | null {
  const packages: Packages = { own: new Map(), provided: new Map() }
  for (const stanza of text.split(/\n\n+/)) {
    if (stanza.trim() === '') continue
    const name = stanzaField(stanza, 'Package: ')
    const state = stateOf(stanza, name)
    if (name === null || state === null) return null
    addOwn(packages.own, name, state)
    addOwn(packages.own, `${name}:${stanzaField(stanza, 'Architecture: ')}`, state)
    if (state.state === 'installed') addProvided(packages.provided, `${name} ${state.version}`, stanza)
  }
  return packages
}

const installed = ['installed', 'triggers-pending', 'triggers-awaited']
const reinstall = ['half-installed', 'in need of a reinstallation']
const halfway = ['unpacked', 'half-configured']

/** `want flag state`, dpkg-query(1): what is wanted (also hold) does not matter. null for what dpkg refuses. */
function stateOf(stanza: string, name: string | null): PackageState | null {
  const field = stanzaField(stanza, 'Status: ')
  if (field === null) return absent
  const [, flag = '', word = ''] = field.split(' ')
  const status = installed.includes(word) && flag === 'reinstreq' ? 'in need of a reinstallation' : word
  if (installed.includes(status)) {
    const version = stanzaField(stanza, 'Version: ')
    return version === null ? null : { state: 'installed', version }
  }
  if (status === 'config-files') return { state: 'removed' }
  if (status === 'not-installed') return absent
  if (reinstall.includes(status))
    return { state: 'broken', status, fix: [`apt-get install --reinstall -y ${shellWord(name ?? '')}`] }
  const fix = ['dpkg --configure -a', 'apt-get install -f -y']
  return halfway.includes(status) ? { state: 'broken', status, fix } : null
}

/** Of several architectures, the one that is nearest to installed counts. */
function addOwn(own: Map<string, PackageState>, name: string, state: PackageState): void {
  const known = own.get(name)
  own.set(name, known === undefined ? state : nearer(known, state))
}

/** `Provides: awk, editor (= 1.2)`: deb-control(5). A provider that says its version is worth more. */
function addProvided(provided: Map<string, PackageState>, by: string, stanza: string): void {
  const field = stanzaField(stanza, 'Provides: ')
  if (field === null) return
  for (const entry of field.split(',')) {
    const [, virtual, own] = /^\s*([^\s(:]+)(?::\w+)?\s*(?:\(=\s*([^)\s]+)\s*\))?/.exec(entry) ?? []
    if (virtual === undefined || (own === undefined && provided.has(virtual))) continue
    provided.set(virtual, { state: 'provided', by, version: own ?? null })
  }
}

/** A package that another replaced is "removed", and yet provided: libssl3 by libssl3t64. */
const nearest = ['installed', 'broken', 'provided', 'removed', 'absent']

function nearer(a: PackageState, b: PackageState): PackageState {
  return nearest.indexOf(b.state) < nearest.indexOf(a.state) ? b : a
}
