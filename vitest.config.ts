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
  'redis',
  'nats',
  'rabbitmq',
  'postgres',
  'ssh',
  'lab',
  'run',
  'sabotage',
  'campaign',
  'maelstrom',
  'targets',
]
/** After them whatever starts processes, and waits more than it computes; pure code, which fills any core, comes last. */
const KINDS = ['clusters', 'e2e']
const rank = ({moduleId}: TestSpecification) => {
  const [, kind = '', name = ''] = /tests\/(?:(e2e|clusters)\/)?([\w-]+)\.test\.ts$/.exec(moduleId) ?? []
  if (LONGEST.includes(name)) return LONGEST.indexOf(name)
  return LONGEST.length + (KINDS.includes(kind) ? KINDS.indexOf(kind) : KINDS.length)
}

class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    return (await super.sort(files)).sort((left, right) => rank(left) - rank(right))
  }
}

export default defineConfig({
  test: {
    // Half of the files wait for processes of theirs: three at a time keep two cores busy.
    maxWorkers: 3,
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
          ...real,
        },
      },
    ],
  },
})
