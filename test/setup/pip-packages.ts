import { existsSync } from 'node:fs'
import { mkdir, rename, rm } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { execa } from 'execa'
import { sweepParts } from './debian-root.ts'
import { keyOf } from './key-of.ts'

/** The Python of Debian 12, for which packages are built; it runs what is installed here. */
export const debianPython = '/usr/bin/python3'
const version = '3.11'

/** A folder for PYTHONPATH with these packages and all that they need, as pip puts them there. Some seconds, kept in .cache. */
export async function pipPackages(
  name: string,
  packages: readonly string[],
  tell: (progress: string) => void,
): Promise<string> {
  const folder = resolve('.cache', name, keyOf([version, ...packages]))
  if (!existsSync(folder)) {
    tell(`pip install ${packages.join(' ')}`)
    await install(folder, packages)
  }
  return folder
}

/** Built for that Python, whichever runs pip here. */
async function install(folder: string, packages: readonly string[]): Promise<void> {
  const part = `${folder}.part-${process.pid}`
  await sweepParts(part)
  await mkdir(part, { recursive: true })
  try {
    const argv = ['--python-version', version, '--only-binary', ':all:', '--no-compile', ...packages]
    const target = join(part, 'site')
    const env = { PIP_ROOT_USER_ACTION: 'ignore' }
    await execa('python3', ['-m', 'pip', 'install', '--quiet', '--target', target, ...argv], { env })
    await rename(target, folder)
  } finally {
    await rm(part, { recursive: true, force: true })
  }
}
