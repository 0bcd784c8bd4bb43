import { existsSync } from 'node:fs'
import { mkdir, rename, rm } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { execa } from 'execa'
import { sweepParts } from './debian-root.ts'
import { keyOf } from './key-of.ts'
import type { Step } from './step.ts'
import { systemPackages } from './system-packages.ts'

/** The newest that Debian 12's Python runs. */
const python = '3.11'
const packages = ['ansible-core==2.19.14', 'ansible-lint==26.10.1']

/** Ansible and its lint, with all that they need, as pip puts them into a folder. Some seconds, kept in .cache. */
export const ansible: Step = {
  title: 'Ansible',
  gives: ['HOSTDEPS_TEST_ANSIBLE'],
  needs: [systemPackages],
  hint: 'run npm test as root on Debian 12, where pip reaches an index',
  async run(tell) {
    const folder = resolve('.cache/ansible', keyOf([python, ...packages]))
    if (!existsSync(folder)) {
      tell(`pip install ${packages.join(' ')}`)
      await install(folder)
    }
    return { HOSTDEPS_TEST_ANSIBLE: folder }
  },
}

/** Built for that Python, whichever runs pip here. */
async function install(folder: string): Promise<void> {
  const part = `${folder}.part-${process.pid}`
  await sweepParts(part)
  await mkdir(part, { recursive: true })
  try {
    const argv = ['--python-version', python, '--only-binary', ':all:', '--no-compile', ...packages]
    const target = join(part, 'site')
    const env = { PIP_ROOT_USER_ACTION: 'ignore' }
    await execa('python3', ['-m', 'pip', 'install', '--quiet', '--target', target, ...argv], { env })
    await rename(target, folder)
  } finally {
    await rm(part, { recursive: true, force: true })
  }
}
