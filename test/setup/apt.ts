import { readFile } from 'node:fs/promises'

/** What a step that installs says where it cannot: the tests' packages come from Debian's own archive. */
export async function mustBeDebianRoot(): Promise<void> {
  const release = await readFile('/etc/os-release', 'utf8').catch(() => '')
  if (!/^ID=debian$/m.test(release)) throw new Error('this is not Debian')
  if (process.getuid?.() !== 0) throw new Error('only root may install packages and boot hosts')
}

/** For apt-get: no questions, and patient with a busy network and with another apt-get at work (seconds). */
export const aptOptions = ['-y', '-q', '-o', 'Acquire::Retries=3', '-o', 'DPkg::Lock::Timeout=300']
export const aptEnv = { DEBIAN_FRONTEND: 'noninteractive', LC_ALL: 'C' }
