import { join, resolve } from 'node:path'
import { execa } from 'execa'
import type { Step } from './step.ts'

const module = resolve('test/cluster/crds')

/** Where a Go module keeps the CustomResourceDefinitions that our overlays and examples make objects of. */
const definitions: Readonly<Record<string, readonly string[]>> = {
  'github.com/prometheus-operator/prometheus-operator': [
    'example/prometheus-operator-crd/monitoring.coreos.com_prometheusrules.yaml',
    'example/prometheus-operator-crd/monitoring.coreos.com_servicemonitors.yaml',
  ],
  'github.com/openshift/api': [
    'security/v1/zz_generated.crd-manifests/0000_03_config-operator_01_securitycontextconstraints.crd.yaml',
  ],
  'sigs.k8s.io/karpenter': ['pkg/apis/crds/karpenter.sh_nodepools.yaml'],
}

/**
 * The kinds of other projects as these define them, pinned and checksummed by test/cluster/crds: Go downloads them into its
 * own cache, some seconds from cold.
 */
export const foreignKinds: Step = {
  title: 'the kinds of other projects that overlays and examples use',
  gives: ['HOSTDEPS_TEST_CRDS'],
  hint: 'install Go (test/cluster/crds/go.mod says which) and let it reach its module proxy',
  async run(tell) {
    tell('go mod download')
    await execa('go', ['mod', 'download'], { cwd: module })
    const argv = ['list', '-m', '-f', '{{.Path}} {{.Dir}}', ...Object.keys(definitions)]
    const { stdout } = await execa('go', argv, { cwd: module })
    const files = stdout.split('\n').flatMap((line) => {
      const [path = '', folder = ''] = line.split(' ')
      return (definitions[path] ?? []).map((file) => join(folder, file))
    })
    return { HOSTDEPS_TEST_CRDS: files.join(':') }
  },
}
