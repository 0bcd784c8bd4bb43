import type { Answers } from '../model/answers.ts'
import type { ReadQuestion } from '../model/question.ts'
import type { DatabaseRead, PackageState } from './package-state.ts'
import { parseOnce } from './parse-once.ts'

/** All packages by reading apk's own file. */
export const apkQuestion: ReadQuestion = {
  ask: 'read',
  path: '/lib/apk/db/installed',
  limit: 64 * 1024 * 1024,
}

export function findApk(answers: Answers): DatabaseRead {
  const answer = answers.of(apkQuestion)
  if (answer.fate === 'absent') return { fate: 'failed', detail: answer.detail }
  if (answer.fate !== 'found') return answer
  const packages = parseInstalled(answer.value)
  if (packages === null)
    return { fate: 'failed', detail: `${apkQuestion.path} is cut off, or is no package database` }
  return (name) => packages.get(name) ?? { state: 'absent' }
}

const parseInstalled = parseOnce(parseApkInstalled)

/** https://wiki.alpinelinux.org/wiki/Apk_spec: blocks of `P:name`, `V:version`, `p:provides`. null when cut off or without a package. */
function parseApkInstalled(text: string): ReadonlyMap<string, PackageState> | null {
  if (!text.endsWith('\n')) return null
  const packages = new Map<string, PackageState>()
  const provided = new Map<string, PackageState>()
  for (const block of text.split(/\n\n+/)) {
    const fields = new Map(block.split('\n').map((line) => [line.charAt(0), line.slice(2)]))
    const [name, version] = [fields.get('P'), fields.get('V')]
    if (!name || !version) continue
    packages.set(name, { state: 'installed', version, by: null })
    for (const virtual of (fields.get('p') ?? '').split(' ')) {
      const [other = '', own] = virtual.split('=')
      if (/^[\w.+-]+$/.test(other))
        provided.set(other, { state: 'installed', version: own ?? version, by: name })
    }
  }
  return packages.size === 0 ? null : new Map([...provided, ...packages])
}
