/**
 * Parity: whatever clients see of a bundled target with its nodes as processes over TCP, simulated clients may see as well, in the
 * same situation and in the same words. So a run in either world says something about the other. `tests/parity` has the
 * script, which is played in both; what is admitted to differ, and why, is in `tests/parity/differences.ts`. The longer
 * form, in both directions, is in `tests/clusters-slow/parity.test.ts`.
 */
import {mkdtempSync, rmSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {beforeAll, describe, test} from 'vitest'
import {BUNDLED} from '../../targets/index.ts'
import {type Answers, beyond, gathered, simulatedAnswers} from '../parity/compare.ts'
import {ordeal, play, type Seen, SITUATIONS} from '../parity/situations.ts'
import {inProcesses, type Trial} from '../parity/trial.ts'

/** Enough for whatever happens in one run of ten to be expected. */
const SEEDS = 40
/** A machine that others use as well may be late: a difference shows every time. */
const ROUNDS = 3
const BRIEF = SITUATIONS.filter(({slow}) => slow !== true)

/** Simulated beforehand: that leaves no time for anybody's clients. */
const expected = new Map<string, Answers>()
beforeAll(async () => {
  for (const [name, target] of Object.entries(BUNDLED)) {
    expected.set(name, await simulatedAnswers(target, SEEDS, BRIEF))
  }
})

/** What is seen of processes and not in simulation, each time. */
async function surprises(name: string, trial: Trial): Promise<string[]> {
  const simulated = expected.get(name) as Answers
  const surprising = (seen: Seen) => beyond(name, 'real', gathered([seen]), simulated)
  let seen = await ordeal(trial, BRIEF)
  for (let round = 2; round <= ROUNDS && surprising(seen).length > 0; round++) {
    const odd = surprising(seen)
    for (const situation of BRIEF.filter((each) => odd.some((words) => words.startsWith(`${each.name}: `)))) {
      seen = {...seen, ...(await play(situation, trial, round))}
    }
  }
  return surprising(seen)
}

describe.concurrent('what clients see of processes, simulated clients see', () => {
  test.for(Object.entries(BUNDLED))('%s', async ([name, target], {expect, onTestFinished}) => {
    const directory = mkdtempSync(join(tmpdir(), 'chaos-parity-'))
    onTestFinished(() => rmSync(directory, {recursive: true, force: true}))
    expect(await inProcesses(target, {}, directory, (trial) => surprises(name, trial))).toEqual([])
  })
})
