import { defineConfig } from 'vitest/config'

/** Unit tests need nothing; the others set up real hosts and browsers first (test/all.ts). */
export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          // Half of their time they wait: for programs, and for time to pass.
          maxWorkers: 4,
          testTimeout: 60_000,
          include: ['test/**/*.test.ts'],
          exclude: ['test/hosts/**/*.real.test.ts', 'test/cluster/**', 'test/browser/**'],
        },
      },
      {
        test: {
          name: 'real',
          include: ['test/hosts/**/*.real.test.ts', 'test/browser/**/*.test.ts'],
          fileParallelism: false,
          testTimeout: 120_000,
          hookTimeout: 600_000,
        },
      },
      {
        test: {
          name: 'cluster',
          include: ['test/cluster/**/*.test.ts'],
          // Each file has a cluster of its own, and mostly waits for it.
          maxWorkers: 2,
          testTimeout: 120_000,
          hookTimeout: 600_000,
        },
      },
    ],
  },
})
