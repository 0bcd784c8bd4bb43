import { pipPackages } from './pip-packages.ts'
import type { Step } from './step.ts'
import { systemPackages } from './system-packages.ts'

/** What reads manifests and the Dockerfile for what is unsafe in them. */
export const checkov: Step = {
  title: 'checkov',
  gives: ['HOSTDEPS_TEST_CHECKOV'],
  needs: [systemPackages],
  hint: 'run npm test as root on Debian 12, where pip reaches an index',
  run: async (tell) => ({ HOSTDEPS_TEST_CHECKOV: await pipPackages('checkov', ['checkov==3.3.30'], tell) }),
}
