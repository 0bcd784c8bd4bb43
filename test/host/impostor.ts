import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { execa } from 'execa'
import { vi } from 'vitest'

/** A process that calls itself as it likes, in a mount namespace of its own where it bound what it likes. */
export interface Impostor {
  readonly pid: number
  readonly name: string
  /** Where what it has run leaves a trace. */
  readonly folder: string
  stop(): Promise<void>
}

export interface ImpostorOptions {
  /** comm; at most 15 characters. */
  readonly name: string
  /** Who it is: a user in a user namespace of its own, or root. */
  readonly as: 'nobody' | 'root'
  /** Flags of unshare(1) beside those. */
  readonly unshare?: readonly string[]
  /** Shell lines that are run in its namespaces first; `$DIR` is its folder. */
  readonly prepare: string
}

/** Resolves when all is prepared, and the process calls itself so. */
export async function startImpostor(options: ImpostorOptions): Promise<Impostor> {
  const folder = mkdtempSync(join(tmpdir(), 'hostdeps-impostor-'))
  const { name, as, prepare } = options
  const script = `set -e; DIR=${folder}\n${prepare}\ncp /bin/sleep $DIR/${name}\necho ready; exec $DIR/${name} 600`
  const other = ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups', 'unshare', '-Urm']
  const [file = '', ...args] = as === 'root' ? ['unshare', '-m', '--propagation', 'private'] : other
  // Nobody may write there.
  if (as === 'nobody') await execa('chown', ['65534:65534', folder])
  const child = execa(file, [...args, ...(options.unshare ?? []), 'sh', '-c', script], {
    reject: false,
    buffer: false,
  })
  const said = await Promise.race([
    new Promise((resolve) => child.stdout.once('data', resolve)),
    child.then(() => 'it ended'),
  ])
  const stop = async () => {
    child.kill('SIGKILL')
    await child
    rmSync(folder, { recursive: true, force: true })
  }
  const pid = child.pid ?? 0
  // It is the shell's for a moment yet.
  const isNamed = () => readFileSync(`/proc/${pid}/comm`, 'utf8') === `${name}\n`
  if (said !== 'it ended') await vi.waitUntil(isNamed, { timeout: 60_000 }).catch(() => {})
  if (said === 'it ended' || !isNamed()) {
    await stop()
    throw new Error(`no process that calls itself ${name} could be made`)
  }
  return { pid, name, folder, stop }
}
