import { keyPath } from './sysctl-key.ts'

/** A file of sysctl.d. */
interface SysctlFile {
  readonly path: string
  readonly text: string
}

interface SysctlFolder {
  readonly files: readonly SysctlFile[]
  /** All that is in it, also what cannot be read: it hides as well. */
  readonly names: readonly string[]
}

export interface SysctlSetting {
  /** As a path below /proc/sys; a pattern stands as it is written. */
  readonly key: string
  readonly spelled: string
  /** null: the key is left out of every pattern, and not set here. */
  readonly value: string | null
  /** The first is 1. */
  readonly line: number
}

/**
 * Files by name over all folders; a name in one folder hides the same name in those after it.
 * https://www.freedesktop.org/software/systemd/man/latest/sysctl.d.html
 */
export function inNameOrder(folders: readonly SysctlFolder[]): readonly SysctlFile[] {
  const hidden = new Set<string>()
  const shown: SysctlFile[] = []
  for (const { files, names } of folders) {
    shown.push(...files.filter(({ path }) => !hidden.has(nameOf(path))))
    for (const name of names) hidden.add(name)
  }
  return shown.toSorted((a, b) => (nameOf(a.path) < nameOf(b.path) ? -1 : 1))
}

export function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1)
}

/** Read once for a file as the host hands it out: thousands of needs look their keys up in it. */
export function settingsIn(file: { readonly text: string }): readonly SysctlSetting[] {
  const settings = known.get(file) ?? parse(file.text)
  known.set(file, settings)
  return settings
}

const known = new WeakMap<object, readonly SysctlSetting[]>()

function parse(text: string): readonly SysctlSetting[] {
  return text.split('\n').flatMap((written, index): readonly SysctlSetting[] => {
    const line = written.trim()
    if (/^([#;]|$)/.test(line)) return []
    const at = line.indexOf('=')
    const isNegative = line.startsWith('-')
    if (at === -1 && !isNegative) return []
    const spelled = (at === -1 ? line : line.slice(0, at)).slice(isNegative ? 1 : 0).trim()
    const value = at === -1 ? null : line.slice(at + 1).trim()
    return [{ key: keyPath(spelled) ?? '', spelled, value, line: index + 1 }]
  })
}
