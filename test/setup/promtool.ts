import type { Step } from './step.ts'
import { programOfPackage } from './unpack-package.ts'

/** Prometheus' own reader of rules and queries, out of Debian's package. Some seconds, kept in .cache. */
export const promtool: Step = {
  title: 'promtool',
  gives: ['HOSTDEPS_TEST_PROMTOOL'],
  hint: 'run npm test as root on Debian 12',
  async run(tell) {
    const program = { package: 'prometheus', path: 'usr/bin/promtool' }
    return { HOSTDEPS_TEST_PROMTOOL: await programOfPackage('promtool', program, tell) }
  },
}
