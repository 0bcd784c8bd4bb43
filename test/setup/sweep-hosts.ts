import { execa } from 'execa'
import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { hostFolder } from '../hosts/nspawn.ts'
import type { Step } from './step.ts'

/** Takes away what a test run left that was killed: its name tells whose it is, and only a dead owner's is touched. */
export const sweepHosts: Step = {
  title: 'leftovers of runs that were killed',
  hint: 'none is needed',
  async run(tell) {
    for (const name of readdirSync(tmpdir())) {
      const [, owner] = hostFolder.exec(name) ?? []
      if (owner === undefined || existsSync(`/proc/${owner}`)) continue
      tell(`taking away ${name}`)
      await sweep(join(tmpdir(), name), name)
    }
    return {}
  },
}

async function sweep(folder: string, name: string): Promise<void> {
  for (const file of ['init.pid', 'nspawn.pid']) killIfOurs(join(folder, file))
  await execa('umount', ['-l', join(folder, 'root')], { reject: false })
  await execa('ip', ['netns', 'del', name], { reject: false })
  await rm(folder, { recursive: true, force: true })
}

/** A pid may have been given to another process since: its name must still be the one that we started. */
function killIfOurs(file: string): void {
  if (!existsSync(file)) return
  const pid = readFileSync(file, 'utf8').trim()
  const comm = `/proc/${pid}/comm`
  if (!existsSync(comm) || !readFileSync(comm, 'utf8').startsWith('systemd') || pid === '1') return
  process.kill(Number(pid), 'SIGKILL')
}
