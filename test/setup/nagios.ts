import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { mustBeDebianRoot } from './apt.ts'
import type { Step } from './step.ts'
import { unpackPackage } from './unpack-package.ts'

const folder = resolve('.cache/nagios')

/** Nagios itself, out of Debian's package; it needs nothing but libc. Some seconds, kept in .cache. */
export const nagios: Step = {
  title: 'Nagios',
  gives: ['HOSTDEPS_TEST_NAGIOS'],
  hint: 'run npm test as root on Debian 12',
  async run(tell) {
    const program = join(folder, 'usr/sbin/nagios4')
    if (!existsSync(program)) {
      await mustBeDebianRoot()
      tell('apt-get download nagios4-core')
      await unpackPackage('nagios4-core', folder)
    }
    return { HOSTDEPS_TEST_NAGIOS: program }
  },
}
