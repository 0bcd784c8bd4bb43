import { pipPackages } from './pip-packages.ts'
import type { Step } from './step.ts'
import { systemPackages } from './system-packages.ts'

export const schemathesisVersion = '4.32.5'

/** What draws its inputs is pinned too: the same seed draws the same. */
const packages = [`schemathesis==${schemathesisVersion}`, 'hypothesis==6.170.17']

/** The fuzzer of OpenAPI documents. */
export const schemathesis: Step = {
  title: 'schemathesis',
  gives: ['HOSTDEPS_TEST_SCHEMATHESIS'],
  needs: [systemPackages],
  hint: 'run npm test as root on Debian 12, where pip reaches an index',
  run: async (tell) => ({ HOSTDEPS_TEST_SCHEMATHESIS: await pipPackages('schemathesis', packages, tell) }),
}
