import type { Step } from './step.ts'
import { programOfPackage } from './unpack-package.ts'

/** Nagios itself, out of Debian's package; it needs nothing but libc. Some seconds, kept in .cache. */
export const nagios: Step = {
  title: 'Nagios',
  gives: ['HOSTDEPS_TEST_NAGIOS'],
  hint: 'run npm test as root on Debian 12',
  async run(tell) {
    const program = { package: 'nagios4-core', path: 'usr/sbin/nagios4' }
    return { HOSTDEPS_TEST_NAGIOS: await programOfPackage('nagios', program, tell) }
  },
}
