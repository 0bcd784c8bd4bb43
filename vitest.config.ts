import { defineConfig } from 'vitest/config'
import { globsOf } from './test/projects.ts'
import SkippedReporter from './test/setup/skipped.ts'

/**
 * For a state that is waited for, and for a whole test: ten to a hundred times what an idle machine takes. A busy one makes
 * no test fail, and what never comes does.
 */
const patience = { testTimeout: 600_000, hookTimeout: 600_000, expect: { poll: { timeout: 120_000 } } }

/** Unit tests need nothing; the others set up real hosts, browsers and clusters first (test/all.ts). */
export default defineConfig({
  test: {
    reporters: ['default', new SkippedReporter()],
    projects: [
      // Half of their time they wait: for programs, and for time to pass.
      { test: { name: 'unit', ...patience, ...globsOf('unit'), maxWorkers: 4 } },
      { test: { name: 'real', ...patience, ...globsOf('real'), fileParallelism: false } },
      // Each file has a cluster of its own, and mostly waits for it.
      { test: { name: 'cluster', ...patience, ...globsOf('cluster'), maxWorkers: 2 } },
    ],
  },
})
