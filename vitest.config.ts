import { defineConfig } from 'vitest/config'
import { patience } from './test/patience.ts'
import { globsOf, stages } from './test/projects.ts'
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
  // vitest begins with the file that took longest the last time; npm ci would take away what it knows of that.
  cacheDir: '.cache/vite',
  test: {
    globalSetup: 'test/setup/bundle.ts',
    reporters: ['default', new SkippedReporter(), new DurationsReporter()],
    // Half of their time they wait: for programs, for time to pass, or each for a host or a cluster of its own.
    projects: stages.flat().map((name) => ({
      // Half of what unit tests cost was to load the same modules for each file; none of them keeps a state between tests.
      test: { name, ...times, ...globsOf(name), maxWorkers: 4, isolate: name !== 'unit' },
    })),
  },
})
