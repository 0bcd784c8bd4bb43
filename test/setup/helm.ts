import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { buildGoPrograms } from './go-programs.ts'
import type { Step } from './step.ts'

/** The versions of Helm that people have, each by its own module. */
const versions = [
  { name: 'helm3', package: 'helm.sh/helm/v3' },
  { name: 'helm4', package: 'helm.sh/helm/v4' },
] as const

/** Helm 3 and Helm 4, pinned by test/install/helm3/go.mod and test/install/helm4/go.mod. */
export const helm: Step = {
  title: 'Helm 3 and Helm 4',
  gives: ['HOSTDEPS_TEST_HELM'],
  hint: 'install Go (test/install/helm3/go.mod says which)',
  async run(tell) {
    const programs: string[] = []
    for (const { name, package: path } of versions) {
      const module = resolve('test/install', name)
      const packages = { helm: `${path}/cmd/helm` }
      const patience = 'from cold about two minutes each, Helm 3 and then Helm 4'
      const folder = await buildGoPrograms(
        { module, name, packages, sets: versionSets(module, path), patience },
        tell,
      )
      programs.push(join(folder, 'helm'))
    }
    return { HOSTDEPS_TEST_HELM: programs.join(':') }
  },
}

/** As its Makefile has it. Without these Helm 3 takes Kubernetes for 1.20 where it asks no cluster. */
function versionSets(module: string, path: string): string[] {
  const text = readFileSync(join(module, 'go.mod'), 'utf8')
  const version = new RegExp(`${path} (v\\S+)`).exec(text)?.[1] ?? ''
  const minor = /k8s\.io\/client-go v0\.(\d+)\./.exec(text)?.[1] ?? ''
  const places = path.endsWith('v3') ? ['pkg/chartutil', 'pkg/lint/rules'] : []
  return [
    `-X ${path}/internal/version.version=${version}`,
    ...places.flatMap((place) => [
      `-X ${path}/${place}.k8sVersionMajor=1`,
      `-X ${path}/${place}.k8sVersionMinor=${minor}`,
    ]),
  ]
}
