import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { mustBeDebianRoot } from './apt.ts'
import type { Step } from './step.ts'
import { unpackPackage } from './unpack-package.ts'

const folder = resolve('.cache/promtool')

/** Prometheus' own reader of rules and queries, out of Debian's package. Some seconds, kept in .cache. */
export const promtool: Step = {
  title: 'promtool',
  gives: ['HOSTDEPS_TEST_PROMTOOL'],
  hint: 'run npm test as root on Debian 12',
  async run(tell) {
    const program = join(folder, 'usr/bin/promtool')
    if (!existsSync(program)) {
      await mustBeDebianRoot()
      tell('apt-get download prometheus')
      await unpackPackage('prometheus', folder)
    }
    return { HOSTDEPS_TEST_PROMTOOL: program }
  },
}
