import { existsSync, realpathSync } from 'node:fs'
import { cp, mkdir, symlink } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join, resolve } from 'node:path'

/** The folder of this machine's npm: that which runs this, or the first on the PATH. */
export function npmFolder(): string {
  const onPath = (process.env['PATH'] ?? '').split(':').map((folder) => join(folder, 'npm'))
  const program = [process.env['npm_execpath'], ...onPath].find(
    (path) => path !== undefined && existsSync(path),
  )
  if (program === undefined) throw new Error('there is no npm on the PATH')
  return resolve(realpathSync(program), '../..')
}

/** Puts it below a folder as it lies below /usr/local in Node.js' own images. */
export async function copyNpm(npm: string, below: string): Promise<void> {
  await cp(npm, join(below, 'lib/node_modules/npm'), { recursive: true })
  await mkdir(join(below, 'bin'))
  await symlink('../lib/node_modules/npm/bin/npm-cli.js', join(below, 'bin/npm'))
}

/** Where this machine's npm is told its registry and whom it trusts, and where it would be in an image of copyNpm. */
export function npmSettings(npm: string): { file: string; place: string }[] {
  const machine = process.env['npm_config_globalconfig'] ?? resolve(npm, '../../../etc/npmrc')
  const user = process.env['npm_config_userconfig'] ?? join(homedir(), '.npmrc')
  const settings = [
    { file: machine, place: '/usr/local/etc/npmrc' },
    { file: user, place: '/root/.npmrc' },
  ]
  return settings.filter(({ file }) => existsSync(file))
}
