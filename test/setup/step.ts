/**
 * One thing that tests need and a fresh machine may lack. What steps set up, tests find by environment variables, and which
 * of them a test file mentions says what it needs (needs.ts):
 *
 * | variable | says |
 * | --- | --- |
 * | `CHROMIUM` | the browser; one that is set before is kept |
 * | `HOSTDEPS_TEST_HOST_ROOT` | the folder of the Debian 12 root that test hosts are booted from; unset, those tests are skipped |
 * | `HOSTDEPS_TEST_ROOT_TRIXIE`, `HOSTDEPS_TEST_ROOT_SID` | the same of Debian 13 and of unstable |
 * | `HOSTDEPS_TEST_KERNELS` | the folder of the module trees of three Debian kernels; unset, those tests are skipped |
 * | `HOSTDEPS_TEST_PACKAGES` | the folder of the repositories that fixes install from, one a Debian release; unset, those tests are skipped |
 * | `HOSTDEPS_TEST_VM` | the folder of the disk and the kernels of a virtual machine; unset, those tests are skipped |
 * | `HOSTDEPS_TEST_CONTROL_PLANE` | the folder of etcd, kube-apiserver and the others, and kubectl; unset, those tests are skipped |
 * | `HOSTDEPS_TEST_CRDS` | the files of the CustomResourceDefinitions of other projects, with colons between; unset, those tests are skipped |
 * | `HOSTDEPS_TEST_PROMTOOL` | the program; unset, those tests are skipped |
 * | `HOSTDEPS_TEST_IGNITION` | the program `ignition-validate`; unset, those tests are skipped |
 * | `HOSTDEPS_TEST_ANSIBLE` | the folder of ansible-core and ansible-lint, for PYTHONPATH; unset, those tests are skipped |
 * | `HOSTDEPS_TEST_SCHEMATHESIS` | the folder of schemathesis, for PYTHONPATH; unset, those tests are skipped |
 * | `HOSTDEPS_TEST_OPENAPI_TYPESCRIPT` | the folder of it and its TypeScript, below node_modules; unset, those tests are skipped |
 * | `HOSTDEPS_TEST_JUNITPARSER` | the folder of junitparser, for PYTHONPATH; unset, those tests are skipped |
 * | `HOSTDEPS_TEST_NAGIOS` | the program `nagios4`; unset, those tests are skipped |
 * | `HOSTDEPS_TEST_NODE_EXPORTER` | the program `node_exporter`; unset, those tests are skipped |
 * | `HOSTDEPS_TEST_RELEASE` | the folder of what `npm run release` makes; unset, those tests are skipped |
 * | `HOSTDEPS_TEST_RELEASE_TOOLS` | the folder of krew, actionlint and kube-score; unset, those tests are skipped |
 * | `HOSTDEPS_TEST_CHECKOV` | the folder of checkov, for PYTHONPATH; unset, those tests are skipped |
 * | `HOSTDEPS_TEST_HADOLINT` | the program; unset, those tests are skipped |
 * | `HOSTDEPS_TEST_POD_IMAGE` | the docker-archive of a busybox that test pods are made of; unset, those tests are skipped |
 * | `HOSTDEPS_TEST_HELM` | the programs of Helm 3 and Helm 4, with a colon between; unset, those tests are skipped |
 * | `HOSTDEPS_TEST_IMAGE` | the docker-archive of the agent's image, in it `localhost/hostdeps:test`; unset, those tests are skipped |
 */
export interface Step {
  readonly title: string
  /** The names of the variables that it sets, sorted; each is set by one step alone. */
  readonly gives: readonly string[]
  /** The steps before it. */
  readonly needs?: readonly Step[]
  /** The environment variables to set. Rejects when it cannot be had. */
  run(tell: (progress: string) => void): Promise<Readonly<Record<string, string>>>
  /** How a person gets it. */
  readonly hint: string
}
