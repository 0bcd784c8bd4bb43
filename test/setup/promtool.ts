import { existsSync, readdirSync } from 'node:fs'
import { mkdir, rename, rm } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { execa } from 'execa'
import { aptEnv, aptOptions, mustBeDebianRoot } from './apt.ts'
import { sweepParts } from './debian-root.ts'
import type { Step } from './step.ts'

const folder = resolve('.cache/promtool')

/**
 * Prometheus' own reader of rules and queries, out of Debian's package: unpacked and not installed, which would start a
 * Prometheus on this machine. Some seconds, kept in .cache.
 */
export const promtool: Step = {
  title: 'promtool',
  gives: ['HOSTDEPS_TEST_PROMTOOL'],
  hint: 'run npm test as root on Debian 12',
  async run(tell) {
    const program = join(folder, 'usr/bin/promtool')
    if (!existsSync(program)) {
      await mustBeDebianRoot()
      tell('apt-get download prometheus')
      await unpack()
    }
    return { HOSTDEPS_TEST_PROMTOOL: program }
  },
}

async function unpack(): Promise<void> {
  const part = `${folder}.part-${process.pid}`
  await sweepParts(part)
  await mkdir(part, { recursive: true })
  try {
    await execa('apt-get', ['update', ...aptOptions], { env: aptEnv })
    await execa('apt-get', ['download', ...aptOptions, 'prometheus'], { env: aptEnv, cwd: part })
    const file = readdirSync(part).find((name) => name.endsWith('.deb')) ?? ''
    await execa('dpkg-deb', ['--extract', join(part, file), join(part, 'root')])
    await rm(folder, { recursive: true, force: true })
    await rename(join(part, 'root'), folder)
  } finally {
    await rm(part, { recursive: true, force: true })
  }
}
