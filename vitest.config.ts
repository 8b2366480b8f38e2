import {defineConfig} from 'vitest/config'
import {BaseSequencer, type TestSpecification} from 'vitest/node'

/** What takes longer than a unit test may: real processes, hundreds of simulated runs on a busy machine. */
const patient = {testTimeout: 60_000, hookTimeout: 120_000}

/**
 * Real processes on a machine that others use as well: a fault can miss its moment. What fails three times in a row is no accident.
 * Tests of pure code and of the simulator are never tried again.
 */
const real = {...patient, retry: 2}

/** What takes minutes, the longest first: whoever begins it last makes all others wait. */
const LONGEST = [
  'etcd',
  'zookeeper',
  'lab',
  'redis',
  'nats',
  'rabbitmq',
  'run',
  'postgres',
  'sabotage',
  'ssh',
  'campaign',
]
const rank = ({moduleId}: TestSpecification) => {
  const name = /tests\/(?:e2e|clusters)\/([\w-]+)\.test\.ts$/.exec(moduleId)?.[1] ?? ''
  return LONGEST.includes(name) ? LONGEST.indexOf(name) : LONGEST.length
}

class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    return (await super.sort(files)).sort((left, right) => rank(left) - rank(right))
  }
}

export default defineConfig({
  test: {
    maxWorkers: 2,
    sequence: {sequencer: LongestFirst},
    disableConsoleIntercept: true,
    projects: [
      {
        test: {
          name: 'unit',
          include: ['{core,cli,checkers,workloads,nemesis,hosts,targets,net,sim,runner,report,tests}/**/*.test.ts'],
          exclude: ['tests/e2e/**', 'tests/clusters/**', 'tests/clusters-slow/**'],
          ...patient,
        },
      },
      {
        test: {
          name: 'e2e',
          include: ['tests/e2e/**/*.test.ts'],
          // The only tests that start what was built.
          globalSetup: ['tests/build.setup.ts'],
          ...real,
        },
      },
      {
        test: {
          name: 'clusters',
          // Real databases, where they are installed; their runs start what was built.
          include: ['tests/clusters/**/*.test.ts'],
          globalSetup: ['tests/build.setup.ts'],
          // They wait more than they compute: three at a time keep two cores busy, after all the others are done.
          maxWorkers: 3,
          sequence: {groupOrder: 1},
          ...real,
        },
      },
    ],
  },
})
