import type { Answers } from '../model/answers.ts'
import type { ListQuestion } from '../model/question.ts'
import type { DatabaseRead, PackageState } from './package-state.ts'

/** All packages by the names of the folders of pacman's local database: `name-version-release`. */
export const pacmanQuestion: ListQuestion = { ask: 'list', path: '/var/lib/pacman/local' }

export function findPacman(answers: Answers): DatabaseRead {
  const answer = answers.of(pacmanQuestion)
  if (answer.fate === 'absent') return { fate: 'failed', detail: answer.detail }
  if (answer.fate !== 'found') return answer
  const packages = parsePacmanFolders(answer.value.names)
  if (packages.size === 0) return { fate: 'failed', detail: `${pacmanQuestion.path} holds no package` }
  return (name) => packages.get(name) ?? { state: 'absent' }
}

function parsePacmanFolders(names: readonly string[]): ReadonlyMap<string, PackageState> {
  const packages = new Map<string, PackageState>()
  for (const folder of names) {
    const [, name, version] = /^(.+)-([^-]+-[^-]+)$/.exec(folder) ?? []
    if (name && version) packages.set(name, { state: 'installed', version, by: null })
  }
  return packages
}
