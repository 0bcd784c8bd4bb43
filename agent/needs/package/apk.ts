import type { FileText } from '#agent/model/question.ts'
import { compareApkVersions } from '#agent/versions/apk.ts'
import { packageFamily } from './package-family.ts'
import type { DatabaseRead, PackageState } from './package-state.ts'
import { stanzaField } from './stanza-field.ts'

const path = '/lib/apk/db/installed'

/** All packages by reading apk's own file. */
export const apk = packageFamily({
  question: { ask: 'read', path, limit: 64 * 1024 * 1024 } as const,
  compare: compareApkVersions,
  read: readInstalled,
})

/** https://wiki.alpinelinux.org/wiki/Apk_spec: blocks of `P:name`, `V:version`, `p:provides`. */
function readInstalled({ text }: FileText): DatabaseRead {
  const isWhole = text.endsWith('\n') && !text.includes('\0')
  const packages = isWhole ? parseBlocks(text) : null
  if (packages === null || packages.size === 0) {
    return { fate: 'failed', detail: `${path} is cut off, or is no package database` }
  }
  return (name) => packages.get(name) ?? { state: 'absent' }
}

/** null when a block is no package: what else was lost would read as "not installed". */
function parseBlocks(text: string): ReadonlyMap<string, PackageState> | null {
  const own = new Map<string, PackageState>()
  const provided = new Map<string, PackageState>()
  for (const block of text.split(/\n\n+/)) {
    if (block.trim() === '') continue
    const [name, version] = [stanzaField(block, 'P:'), stanzaField(block, 'V:')]
    if (!name || !version) return null
    own.set(name, { state: 'installed', version })
    addProvided(provided, `${name} ${version}`, stanzaField(block, 'p:') ?? '')
  }
  return new Map([...provided, ...own])
}

/** `p:/bin/sh cmd:ls=1 awk=2.0`: paths, commands and libraries are not names of packages. */
function addProvided(provided: Map<string, PackageState>, by: string, field: string): void {
  for (const entry of field.split(' ')) {
    const [virtual = '', version] = entry.split('=')
    if (!/^[\w.+-]+$/.test(virtual) || (version === undefined && provided.has(virtual))) continue
    provided.set(virtual, { state: 'provided', by, version: version ?? null })
  }
}
