import { pipPackages } from './pip-packages.ts'
import type { Step } from './step.ts'
import { systemPackages } from './system-packages.ts'

/** The newest that Debian 12's Python runs. */
const packages = ['ansible-core==2.19.14', 'ansible-lint==26.10.1']

/** Ansible and its lint. */
export const ansible: Step = {
  title: 'Ansible',
  gives: ['HOSTDEPS_TEST_ANSIBLE'],
  needs: [systemPackages],
  hint: 'run npm test as root on Debian 12, where pip reaches an index',
  run: async (tell) => ({ HOSTDEPS_TEST_ANSIBLE: await pipPackages('ansible', packages, tell) }),
}
