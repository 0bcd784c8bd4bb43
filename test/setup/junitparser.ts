import { pipPackages } from './pip-packages.ts'
import type { Step } from './step.ts'
import { systemPackages } from './system-packages.ts'

const packages = ['junitparser==5.0.3']

/** A reader of JUnit's XML. */
export const junitparser: Step = {
  title: 'junitparser',
  gives: ['HOSTDEPS_TEST_JUNITPARSER'],
  needs: [systemPackages],
  hint: 'run npm test as root on Debian 12, where pip reaches an index',
  run: async (tell) => ({ HOSTDEPS_TEST_JUNITPARSER: await pipPackages('junitparser', packages, tell) }),
}
