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

/** Of this machine, and where it would be in an image of copyNpm. */
interface Shared {
  readonly path: string
  readonly place: string
}

/** Where this machine's npm is told its registry and whom it trusts. */
export function npmSettings(npm: string): Shared[] {
  const machine = process.env['npm_config_globalconfig'] ?? resolve(npm, '../../../etc/npmrc')
  const user = process.env['npm_config_userconfig'] ?? join(homedir(), '.npmrc')
  const settings = [
    { path: machine, place: '/usr/local/etc/npmrc' },
    { path: user, place: '/root/.npmrc' },
  ]
  return settings.filter(({ path }) => existsSync(path))
}

/** What this machine's npm has downloaded: all that `npm ci` of the same lock file needs. */
export function npmCache(): Shared[] {
  const path = join(process.env['npm_config_cache'] ?? join(homedir(), '.npm'), '_cacache')
  return existsSync(path) ? [{ path, place: '/root/.npm/_cacache' }] : []
}
