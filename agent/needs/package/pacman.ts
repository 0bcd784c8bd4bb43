import type { FolderNames } from '#agent/model/question.ts'
import { comparePacmanVersions } from '#agent/versions/pacman.ts'
import { packageFamily } from './package-family.ts'
import type { DatabaseRead, PackageState } from './package-state.ts'

const path = '/var/lib/pacman/local'

/** All packages by the names of the folders of pacman's local database: `name-version-release`. */
export const pacman = packageFamily({
  question: { ask: 'list', path } as const,
  compare: comparePacmanVersions,
  read: readFolders,
})

function readFolders({ names }: FolderNames): DatabaseRead {
  const packages = new Map<string, PackageState>()
  for (const folder of names) {
    const [, name, version] = /^(.+)-([^-]+-[^-]+)$/.exec(folder) ?? []
    if (name && version) packages.set(name, { state: 'installed', version })
  }
  if (packages.size === 0) return { fate: 'failed', detail: `${path} holds no package` }
  return (name) => packages.get(name) ?? { state: 'absent' }
}
