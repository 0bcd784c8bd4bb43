import { defineConfig } from 'vitest/config'

/** Unit tests need nothing; the others set up real hosts and browsers first (test/all.ts). */
export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
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
          fileParallelism: false,
          testTimeout: 120_000,
          hookTimeout: 600_000,
        },
      },
    ],
  },
})
