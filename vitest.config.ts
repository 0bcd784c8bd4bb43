import { defineConfig } from 'vitest/config'
import { patience } from './test/patience.ts'
import { globsOf } from './test/projects.ts'
import DurationsReporter from './test/setup/durations.ts'
import SkippedReporter from './test/setup/skipped.ts'

/** No test says a time of its own: what it waits for is a state. */
const times = {
  testTimeout: 3 * patience,
  hookTimeout: 3 * patience,
  expect: { poll: { timeout: patience } },
}

/** Unit tests need nothing; the others set up real hosts, browsers and clusters first (test/all.ts). */
export default defineConfig({
  test: {
    globalSetup: 'test/setup/bundle.ts',
    reporters: ['default', new SkippedReporter(), new DurationsReporter()],
    projects: [
      // Half of their time they wait: for programs, and for time to pass.
      { test: { name: 'unit', ...times, ...globsOf('unit'), maxWorkers: 4 } },
      // Each file has a host, a browser or a cluster of its own, and mostly waits for it.
      { test: { name: 'real', ...times, ...globsOf('real'), maxWorkers: 2 } },
      { test: { name: 'cluster', ...times, ...globsOf('cluster'), maxWorkers: 2 } },
    ],
  },
})
