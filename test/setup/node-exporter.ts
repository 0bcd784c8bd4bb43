import { join, resolve } from 'node:path'
import { buildGoPrograms } from './go-programs.ts'
import type { Step } from './step.ts'

/** node_exporter, pinned by test/install/node-exporter/go.mod. Half a minute from cold, kept in .cache. */
export const nodeExporter: Step = {
  title: 'node_exporter',
  gives: ['HOSTDEPS_TEST_NODE_EXPORTER'],
  hint: 'install Go (test/install/node-exporter/go.mod says which) and let it reach its module proxy',
  async run(tell) {
    const packages = { node_exporter: 'github.com/prometheus/node_exporter' }
    const module = resolve('test/install/node-exporter')
    const programs = {
      module,
      name: 'node-exporter',
      packages,
      sets: [],
      patience: 'from cold half a minute',
    }
    return { HOSTDEPS_TEST_NODE_EXPORTER: join(await buildGoPrograms(programs, tell), 'node_exporter') }
  },
}
