import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { buildGoPrograms, lackingIn } from './go-programs.ts'
import type { Step } from './step.ts'

const module = resolve('test/cluster')

/** What a cluster is made of, by the Go package of its main(). The slow ones take minutes from cold on two cores. */
const packages: Readonly<Record<string, string>> = {
  etcd: 'go.etcd.io/etcd/server/v3',
  'kube-apiserver': 'k8s.io/kubernetes/cmd/kube-apiserver',
  'kube-controller-manager': 'k8s.io/kubernetes/cmd/kube-controller-manager',
  'kube-scheduler': 'k8s.io/kubernetes/cmd/kube-scheduler',
  kubelet: 'k8s.io/kubernetes/cmd/kubelet',
  'kube-proxy': 'k8s.io/kubernetes/cmd/kube-proxy',
  kubectl: 'k8s.io/kubernetes/cmd/kubectl',
}

/**
 * A real control plane, pinned by test/cluster/go.mod: about eight minutes from cold, then kept in .cache. A folder that
 * holds the programs already (KUBEBUILDER_ASSETS, as envtest names it) is taken first.
 */
export const kubernetesPrograms: Step = {
  title: 'the Kubernetes control plane',
  gives: ['HOSTDEPS_TEST_CONTROL_PLANE'],
  hint: 'install Go (test/cluster/go.mod says which), or let KUBEBUILDER_ASSETS name a folder that holds etcd, kube-* , kubelet and kubectl',
  async run(tell) {
    const given = process.env['KUBEBUILDER_ASSETS']
    const lacking = given === undefined ? [] : lackingIn(given, packages)
    if (given !== undefined && lacking.length === 0) return { HOSTDEPS_TEST_CONTROL_PLANE: given }
    if (given !== undefined) tell(`${given} lacks ${lacking.join(', ')}; all are built`)
    const patience = 'from cold about eight minutes in all'
    const programs = { module, name: 'control-plane', packages, sets: versionSets(), patience }
    return { HOSTDEPS_TEST_CONTROL_PLANE: await buildGoPrograms(programs, tell) }
  },
}

/** Without these every component calls itself v0.0.0-master. */
function versionSets(): string[] {
  const [, version = '', major = '', minor = ''] =
    /k8s\.io\/kubernetes (v(\d+)\.(\d+)\.\d+)/.exec(readFileSync(join(module, 'go.mod'), 'utf8')) ?? []
  const facts = { gitVersion: version, gitMajor: major, gitMinor: minor }
  return Object.entries(facts).map(([name, value]) => `-X k8s.io/component-base/version.${name}=${value}`)
}
