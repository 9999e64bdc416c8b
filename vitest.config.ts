import os from 'node:os'
import { defineConfig } from 'vitest/config'

/** What starts gateways, browsers and mail servers, and kills them, waits two thirds of its time: more files than cores. */
const WAITING_WORKERS = 2 * os.availableParallelism()

/**
 * Four projects. `fast` is what `npm run check` runs while editing: pure rules, contracts and flows on a real
 * PostgreSQL, offline. `slow` needs the machine's tools (ffmpeg, Chromium, clamd) or walks through the whole house.
 * `faults` breaks things on purpose. `timed` holds what is bounded by the clock.
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
          // Files share a worker's modules: loading them anew for each took a third of the run. Nothing here keeps state in a module.
          isolate: false,
          testTimeout: 20_000,
          hookTimeout: 60_000,
        },
      },
      {
        test: {
          name: 'slow',
          sequence: { groupOrder: 1 },
          include: ['test/{browser,cli,journeys,media}/**/*.test.ts'],
          globalSetup: ['test/support/postgres-cluster.ts'],
          maxWorkers: WAITING_WORKERS,
          // Who waits waits beside others; more browsers' pages at once than this and a machine of two cores does nothing else.
          maxConcurrency: 3,
          // For what hangs: a walk through thirty pages takes its time on a busy machine.
          testTimeout: 240_000,
          hookTimeout: 120_000,
        },
      },
      {
        test: {
          name: 'faults',
          sequence: { groupOrder: 1 },
          include: ['test/faults/**/*.test.ts'],
          globalSetup: ['test/support/postgres-cluster.ts'],
          testTimeout: 120_000,
          hookTimeout: 120_000,
          maxWorkers: WAITING_WORKERS,
        },
      },
      {
        test: {
          name: 'timed',
          // What a promise bounds by the clock is tried when nothing else runs.
          sequence: { groupOrder: 2 },
          include: ['test/timed/**/*.test.ts'],
          globalSetup: ['test/support/postgres-cluster.ts'],
          testTimeout: 120_000,
          hookTimeout: 120_000,
          fileParallelism: false,
        },
      },
    ],
  },
})
