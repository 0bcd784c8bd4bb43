import { resolve } from 'node:path'
import { buildGoPrograms } from './go-programs.ts'
import type { Step } from './step.ts'

const packages = {
  krew: 'sigs.k8s.io/krew/cmd/krew',
  actionlint: 'github.com/rhysd/actionlint/cmd/actionlint',
  'kube-score': 'github.com/zegl/kube-score/cmd/kube-score',
}

/** What installs a release, and what reads how it is made: pinned by test/install/tools/go.mod. */
export const releaseTools: Step = {
  title: 'krew, actionlint and kube-score',
  gives: ['HOSTDEPS_TEST_RELEASE_TOOLS'],
  hint: 'install Go (test/install/tools/go.mod says which)',
  async run(tell) {
    const module = resolve('test/install/tools')
    const programs = {
      module,
      name: 'release-tools',
      packages,
      sets: [],
      patience: 'from cold about a minute in all',
    }
    return { HOSTDEPS_TEST_RELEASE_TOOLS: await buildGoPrograms(programs, tell) }
  },
}
