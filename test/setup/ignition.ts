import type { Step } from './step.ts'
import { programOfPackage } from './unpack-package.ts'

/** Ignition's own reader of its configs, out of Debian's package. Some seconds, kept in .cache. */
export const ignition: Step = {
  title: 'ignition-validate',
  gives: ['HOSTDEPS_TEST_IGNITION'],
  hint: 'run npm test as root on Debian 12',
  async run(tell) {
    const program = { package: 'ignition', path: 'usr/bin/ignition-validate' }
    return { HOSTDEPS_TEST_IGNITION: await programOfPackage('ignition', program, tell) }
  },
}
