/**
 * What nodes tell of themselves, held against what their protocol promises: honest targets keep it under all faults, and
 * planted bugs break it, some of them long before a client notices.
 */
import {describe, expect, test} from 'vitest'
import {breachesIn} from '../checkers/node-events/index.ts'
import type {Target} from '../core/target.ts'
import {parseNemeses} from '../nemesis/index.ts'
import {simulate} from '../runner/simulate.ts'
import {TARGETS} from '../targets/index.ts'
import {WORKLOADS} from '../workloads/index.ts'
import {hunt} from './simulated.ts'

const SEEDS = 20
const HUNT_SEEDS = 60
/** Everything is told, not only now and then. */
const TALKATIVE = {eventEntries: '1', eventSlots: '1'}

const promising = Object.entries(TARGETS as Record<string, Target>).filter(
  ([, {invariants}]) => invariants !== undefined,
)

test.each(promising)('%s keeps its invariants under all faults', async (_, target) => {
  let told = 0
  for (let seed = 0; seed < SEEDS; seed++) {
    const {events} = await simulate({
      target,
      workload: WORKLOADS[Object.keys(target.claims)[0]!]!,
      nemeses: parseNemeses('all'),
      seed: `invariants-${seed}`,
      args: TALKATIVE,
    })
    told += events.length
    expect(breachesIn(events, target.invariants!).map(({sentence}) => sentence)).toEqual([])
  }
  expect(told).toBeGreaterThan(SEEDS * 500)
})

describe('planted bugs', () => {
  test.each([
    ['raft', 'forget-vote', ['single-vote', 'terms-grow']],
    ['raft', 'even-quorum', ['election-safety', 'state-machine-safety', 'leader-completeness']],
    ['raft', 'vote-any-log', ['leader-completeness', 'state-machine-safety']],
    ['raft', 'no-truncate', ['state-machine-safety', 'log-matching']],
    ['paxos', 'own-value', ['state-machine-safety']],
    ['paxos', 'minority-quorum', ['state-machine-safety', 'validity']],
  ])(
    '%s with %s breaks what it promises',
    async (name, bugName, expected) => {
      const target: Target = (TARGETS as Record<string, Target>)[name]!
      const bug = target.bugs.find((each) => each.name === bugName)!
      const seen = new Set<string>()
      for (let seed = 0; seed < HUNT_SEEDS; seed++) {
        const request = hunt(target, bug, `${bugName}-${seed}`)
        const {events} = await simulate({...request, args: {...request.args, ...TALKATIVE}})
        for (const {invariant} of breachesIn(events, target.invariants!)) seen.add(invariant)
        if (expected.some((invariant) => seen.has(invariant))) return
      }
      expect.fail(`not in ${HUNT_SEEDS} seeds; saw ${[...seen].join(', ') || 'nothing'}`)
    },
    120_000,
  )
})
