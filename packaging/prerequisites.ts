import { accessSync, constants, readFileSync, statSync } from 'node:fs'
import { delimiter, join } from 'node:path'

/** What of a release needs more than npm. */
export const extras = ['macos', 'image'] as const
export type Extra = (typeof extras)[number]

interface Prerequisite {
  readonly extra: Extra
  readonly of: string
  isThere(): boolean
  /** How a person gets it. */
  readonly hint: string
}

const otherMachine = process.arch === 'arm64' ? 'qemu-x86_64' : 'qemu-aarch64'

const prerequisites: readonly Prerequisite[] = [
  {
    extra: 'macos',
    of: 'the executable for macOS',
    isThere: () => isOnPath('rcodesign'),
    hint: 'no rcodesign on the PATH: cargo install apple-codesign --locked --no-default-features',
  },
  {
    extra: 'image',
    of: 'the image',
    isThere: () => isOnPath('buildah'),
    hint: 'no buildah on the PATH: apt-get install buildah',
  },
  {
    extra: 'image',
    of: 'the image',
    isThere: () => isEmulated(),
    hint: `the kernel knows no ${otherMachine}: apt-get install qemu-user-static`,
  },
]

/** What keeps these from being made, a line each. */
export function lackingFor(wanted: readonly Extra[]): string[] {
  return prerequisites
    .filter(({ extra, isThere }) => wanted.includes(extra) && !isThere())
    .map(({ of, hint }) => `${of}: ${hint}`)
}

/** Extras that can be made on this machine. */
export function possible(wanted: readonly Extra[]): Extra[] {
  return wanted.filter((extra) => lackingFor([extra]).length === 0)
}

function isOnPath(program: string): boolean {
  const folders = (process.env['PATH'] ?? '').split(delimiter)
  return folders.some((folder) => folder !== '' && isProgram(join(folder, program)))
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return statSync(path).isFile()
  } catch {
    return false
  }
}

/** https://docs.kernel.org/admin-guide/binfmt-misc.html: an entry may be there and switched off. */
function isEmulated(): boolean {
  try {
    return readFileSync(`/proc/sys/fs/binfmt_misc/${otherMachine}`, 'utf8').startsWith('enabled\n')
  } catch {
    return false
  }
}
