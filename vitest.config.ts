import {defineConfig} from 'vitest/config'

export default defineConfig({
  test: {
    include: ['{core,cli,checkers,workloads,nemesis,targets,net,sim,runner,report,tests}/**/*.test.ts'],
    testTimeout: 60_000,
    hookTimeout: 120_000,
    maxWorkers: 2,
    disableConsoleIntercept: true,
  },
})
