import { defineConfig } from 'vitest/config'

/**
 * Two projects. `fast` is what `npm run check` runs while editing: pure rules, contracts and flows on a real
 * PostgreSQL, offline. `slow` needs the machine's tools (ffmpeg, Chromium, clamd) or kills processes.
 */
export default defineConfig({
  test: {
    reporters: process.env['CI']
      ? ['default', ['json', { outputFile: 'test/.artifacts/results.json' }]]
      : ['default'],
    projects: [
      {
        test: {
          name: 'fast',
          sequence: { groupOrder: 0 },
          include: ['{src,channels,media}/**/*.test.ts', 'test/{contract,flows,architecture}/**/*.test.ts'],
          globalSetup: ['test/support/postgres-cluster.ts'],
          // Vitest leaves one core to itself, which of two is half the machine.
          maxWorkers: '100%',
          testTimeout: 20_000,
          hookTimeout: 60_000,
        },
      },
      {
        test: {
          name: 'slow',
          // After the fast ones: what is killed or timed should have the machine to itself.
          sequence: { groupOrder: 1 },
          include: ['test/{browser,faults,media,cli}/**/*.test.ts'],
          globalSetup: ['test/support/postgres-cluster.ts'],
          testTimeout: 120_000,
          hookTimeout: 120_000,
          fileParallelism: false,
        },
      },
    ],
  },
})
