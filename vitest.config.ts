import { defineConfig } from 'vitest/config'
import { patience } from './test/patience.ts'
import { globsOf, stages } from './test/projects.ts'
import DurationsReporter from './test/setup/durations.ts'
import { LongestFirst } from './test/setup/longest-first.ts'
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
    sequence: { sequencer: LongestFirst },
    reporters: ['default', new SkippedReporter(), new DurationsReporter()],
    // Half of their time they wait: for programs, for time to pass, or each for a host or a cluster of its own.
    projects: stages.flat().map((name) => ({
      // Half of what unit tests cost was to load the same modules for each file; none of them keeps a state between tests.
      test: { name, ...times, ...globsOf(name), maxWorkers: 4, isolate: name !== 'unit' },
    })),
  },
})
