/** The parity of both worlds (`tests/e2e/parity.test.ts`) in all situations and in both directions: twelve real runs a target. */
import {mkdtempSync, rmSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {describe, expect, onTestFinished, test} from 'vitest'
import {BUNDLED} from '../../targets/index.ts'
import {type Answers, beyond, gathered, simulatedAnswers} from '../parity/compare.ts'
import {ordeal, type Seen, SITUATIONS} from '../parity/situations.ts'
import {inProcesses} from '../parity/trial.ts'

const RUNS = Number(process.env['CHAOS_PARITY_RUNS'] ?? 12)
/** Cheap, and enough for what real clients see once in a hundred runs. */
const SEEDS = 1000
/** What shows in a smaller share of simulated runs than this need not show in a dozen real ones. */
const OFTEN = 0.4

const often = (answers: Answers): Answers =>
  new Map(
    [...answers].map(
      ([asked, seen]) => [asked, new Map([...seen].filter(([, runs]) => runs >= OFTEN * SEEDS))] as const,
    ),
  )

describe('what clients see is the same in both worlds', () => {
  test.each(Object.entries(BUNDLED))(
    '%s',
    async (name, target) => {
      const runs: Seen[] = []
      for (let run = 0; run < RUNS; run++) {
        const directory = mkdtempSync(join(tmpdir(), 'chaos-parity-'))
        onTestFinished(() => rmSync(directory, {recursive: true, force: true}))
        runs.push(await inProcesses(target, {}, directory, ordeal))
      }
      const real = gathered(runs)
      const simulated = await simulatedAnswers(target, SEEDS, SITUATIONS)
      expect(beyond(name, 'real', real, simulated)).toEqual([])
      expect(beyond(name, 'simulated', often(simulated), real)).toEqual([])
    },
    900_000,
  )
})
