import type { Answers } from '../model/answers.ts'
import type { ReadQuestion } from '../model/question.ts'
import type { DatabaseRead, PackageState } from './package-state.ts'
import { parseOnce } from './parse-once.ts'

/** Bytes; one of 10,000 packages is about 10 MiB. */
const limit = 64 * 1024 * 1024

/** All packages by reading dpkg's own file: no process, and the same cost for one name and for all. */
export const debQuestion: ReadQuestion = { ask: 'read', path: '/var/lib/dpkg/status', limit }

export function findDeb(answers: Answers): DatabaseRead {
  const answer = answers.of(debQuestion)
  if (answer.fate === 'absent') return { fate: 'failed', detail: answer.detail }
  if (answer.fate !== 'found') return answer
  const database = parseStatus(answer.value)
  if (database === null)
    return { fate: 'failed', detail: `${debQuestion.path} is cut off, or is no package database` }
  return (name) => database.packages.get(name) ?? database.provided.get(name) ?? { state: 'absent' }
}

interface Database {
  readonly packages: ReadonlyMap<string, PackageState>
  readonly provided: ReadonlyMap<string, PackageState>
}

const parseStatus = parseOnce(parseDebStatus)

/**
 * The status file of dpkg, deb-control(5) stanzas. null for one that is cut off (it ends within a line) or holds no
 * package at all: dpkg itself is one. A virtual package counts as installed by whoever provides it.
 */
function parseDebStatus(text: string): Database | null {
  if (!text.endsWith('\n')) return null
  const packages = new Map<string, PackageState>()
  const provided = new Map<string, PackageState>()
  for (const stanza of text.split(/\n\n+/)) {
    const name = fieldOf(stanza, 'Package')
    if (name === null) continue
    const state = stateOf(stanza)
    // Of several architectures, an installed one counts.
    if (packages.get(name)?.state !== 'installed') packages.set(name, state)
    if (state.state === 'installed') addProvided(provided, { name, version: state.version, stanza })
  }
  return packages.size === 0 ? null : { packages, provided }
}

/** `want flag state`, dpkg-query(1): what is wanted (also hold) does not matter. */
function stateOf(stanza: string): PackageState {
  const [, flag = '', status = ''] = (fieldOf(stanza, 'Status') ?? '').split(' ')
  if (status === 'installed' && flag === 'reinstreq')
    return { state: 'broken', status: 'in need of a reinstallation' }
  if (['installed', 'triggers-pending', 'triggers-awaited'].includes(status)) {
    return { state: 'installed', version: fieldOf(stanza, 'Version') ?? '', by: null }
  }
  if (status === 'config-files') return { state: 'removed' }
  if (status === 'not-installed' || status === '') return { state: 'absent' }
  return { state: 'broken', status }
}

/** `Provides: awk, editor (= 1.2)`: a versioned one has that version. */
function addProvided(
  provided: Map<string, PackageState>,
  { name, version, stanza }: { name: string; version: string; stanza: string },
): void {
  for (const entry of (fieldOf(stanza, 'Provides') ?? '').split(',')) {
    const [, virtual, own] = /^\s*([^\s(:]+)(?::\w+)?\s*(?:\(=\s*([^)\s]+)\s*\))?/.exec(entry) ?? []
    if (virtual !== undefined)
      provided.set(virtual, { state: 'installed', version: own ?? version, by: name })
  }
}

/** A one-line field, found without parsing the others. */
function fieldOf(stanza: string, field: string): string | null {
  const start = stanza.startsWith(`${field}: `) ? 0 : stanza.indexOf(`\n${field}: `) + 1
  if (start === 0 && !stanza.startsWith(`${field}: `)) return null
  const from = start + field.length + 2
  const end = stanza.indexOf('\n', from)
  return stanza.slice(from, end === -1 ? undefined : end).trim()
}
