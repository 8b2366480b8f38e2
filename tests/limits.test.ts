/**
 * Target arguments at their limits: what is accepted must not get a correct target accused where nothing is broken, and what a
 * bug is hunted with must be accepted.
 */
import {describe, expect, test} from 'vitest'
import type {Target} from '../core/target.ts'
import {argumentsOf, demandFit} from '../runner/settings/resolve.ts'
import {BUNDLED} from '../targets/index.ts'
import {WORKLOADS} from '../workloads/index.ts'
import {judged} from './simulated.ts'

const TIMEOUT_MS = 120_000
const TARGETS: readonly Target[] = Object.values(BUNDLED)

function refusal(target: Target, args: Record<string, string>): string | undefined {
  const nodes = Array.from({length: target.defaultNodes}, (_, i) => `n${i + 1}`)
  try {
    demandFit(target, {nodes, bugs: [], args})
    return undefined
  } catch (error) {
    return (error as Error).message
  }
}

/** Of each number the least that is accepted; those that are counted have no other than whole ones. */
function least(target: Target): [name: string, value: string][] {
  const numbers = Object.entries(target.accepts ?? {}).filter(([, offered]) => typeof offered === 'number')
  return numbers.map(([name]) => {
    const value = [0, 1, 3, 10, 30, 100, 300, 1000].find((tried) => refusal(target, {[name]: `${tried}`}) === undefined)
    return [name, `${value}`]
  })
}

describe.each(TARGETS.map((target) => [target.name, target] as const))('%s', (_, target) => {
  test('accepts its defaults and the recipes of its bugs', () => {
    expect(refusal(target, {})).toBe(undefined)
    for (const {name, options = {}} of target.bugs) expect(refusal(target, argumentsOf(options)), name).toBe(undefined)
  })

  test.runIf(target.flaw === undefined)(
    'at the least of each number serves and is not accused',
    async () => {
      const workload = WORKLOADS[Object.keys(target.claims)[0]!]!
      for (const [name, value] of least(target)) {
        const args = {[name]: value}
        const {verdicts} = await judged({target, workload, seed: 'least', args, timeMs: 1000, ratePerS: 50})
        const invalid = verdicts.filter(({validity}) => validity === 'invalid')
        expect(
          invalid.flatMap(({anomalies}) => anomalies.map(({sentence}) => sentence)),
          `${name}=${value}`,
        ).toEqual([])
      }
    },
    TIMEOUT_MS,
  )
})

test.each<[keyof typeof BUNDLED, Record<string, string>, string]>([
  ['commit', {mode: '3pc', eager: '0', doubtMs: '100'}, 'doubtMs=100 has to be at least 5 times tickMs=100'],
  ['commit', {tickMs: '0'}, 'tickMs=0 has to be at least 1'],
  ['dynamo', {hedgeMs: '0'}, 'hedgeMs=0 has to be at least 10'],
  ['dynamo', {virtualNodes: '0'}, 'virtualNodes=0 has to be at least 1'],
  ['queue', {batchRecords: '0.5'}, 'batchRecords=0.5 is not a whole number'],
  ['zab', {tickMs: '300'}, 'silenceMs=150 has to be at least 2 times tickMs=300'],
  ['raft', {electionMs: '100000'}, 'electionMs=100000 has to be from 10 to 10000'],
  ['kv', {attemptMs: '0'}, 'attemptMs=0 has to be at least 10'],
])('%s refuses %o', (name, args, words) => {
  expect(refusal(BUNDLED[name] as Target, args)).toContain(words)
})
