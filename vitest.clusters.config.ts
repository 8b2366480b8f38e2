/**
 * The slow suite, `npm run test:clusters`: real databases that take too long to start, or show what is wrong too seldom, for a
 * gate.
 */
import {defineConfig} from 'vitest/config'

export default defineConfig({
  test: {
    name: 'clusters-slow',
    include: ['tests/clusters-slow/**/*.test.ts'],
    globalSetup: ['tests/build.setup.ts'],
    // One cluster at a time: they are heavy, and measure themselves.
    maxWorkers: 1,
    testTimeout: 300_000,
    hookTimeout: 120_000,
    retry: 1,
    disableConsoleIntercept: true,
  },
})
