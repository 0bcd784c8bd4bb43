import { createHash } from 'node:crypto'
import { accessSync, constants, readFileSync } from 'node:fs'
import { mkdir, rename, rm } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { execa } from 'execa'
import type { Step } from './step.ts'

const module = resolve('test/cluster')

/** What a cluster is made of, by the Go package of its main(). The slow ones take minutes from cold on two cores. */
const programs: Readonly<Record<string, string>> = {
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
export const controlPlane: Step = {
  title: 'the Kubernetes control plane',
  hint: 'install Go (test/cluster/go.mod says which), or let KUBEBUILDER_ASSETS name a folder that holds etcd, kube-* , kubelet and kubectl',
  async run(tell) {
    const given = process.env['KUBEBUILDER_ASSETS']
    if (given !== undefined && lacking(given).length === 0) return { HOSTDEPS_TEST_CONTROL_PLANE: given }
    if (given !== undefined) tell(`${given} lacks ${lacking(given).join(', ')}; all are built`)
    const folder = resolve('.cache/control-plane', keyOf())
    if (lacking(folder).length > 0) await buildAll(folder, tell)
    return { HOSTDEPS_TEST_CONTROL_PLANE: folder }
  },
}

function lacking(folder: string): string[] {
  return Object.keys(programs).filter((name) => !isProgram(join(folder, name)))
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}

/** Another version of anything, or another set of programs, is another folder. */
function keyOf(): string {
  const parts = [readFileSync(join(module, 'go.mod')), readFileSync(join(module, 'go.sum'))]
  const hash = createHash('sha256').update(JSON.stringify([programs, process.arch]))
  for (const part of parts) hash.update(part)
  return hash.digest('hex').slice(0, 12)
}

/** Each is built under another name and renamed when it is whole. It is not in the way of what runs beside it. */
async function buildAll(folder: string, tell: (progress: string) => void): Promise<void> {
  await mkdir(folder, { recursive: true })
  const wanted = lacking(folder)
  for (const [index, name] of wanted.entries()) {
    tell(`building ${name}, ${index + 1} of ${wanted.length} (from cold about eight minutes in all)`)
    const part = join(folder, `.${name}.${process.pid}`)
    const argv = ['build', '-trimpath', '-ldflags', linkerFlags(), '-o', part, programs[name] ?? '']
    try {
      await execa('nice', ['go', ...argv], { cwd: module, env: { CGO_ENABLED: '0' } })
      await rename(part, join(folder, name))
    } finally {
      await rm(part, { force: true })
    }
  }
}

/** Without these every component calls itself v0.0.0-master. */
function linkerFlags(): string {
  const [, version = '', major = '', minor = ''] =
    /k8s\.io\/kubernetes (v(\d+)\.(\d+)\.\d+)/.exec(readFileSync(join(module, 'go.mod'), 'utf8')) ?? []
  const facts = { gitVersion: version, gitMajor: major, gitMinor: minor }
  const sets = Object.entries(facts).map(
    ([name, value]) => `-X k8s.io/component-base/version.${name}=${value}`,
  )
  return ['-s', '-w', ...sets].join(' ')
}
