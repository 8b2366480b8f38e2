/**
 * What nodes tell of themselves, held against what their protocol promises: honest targets keep it under all faults, and
 * planted bugs break it, some of them long before a client notices.
 */
import {mkdtempSync, rmSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {describe, expect, onTestFinished, test} from 'vitest'
import {breachesIn} from '../checkers/node-events/index.ts'
import {UNLIMITED} from '../core/checker.ts'
import type {Target} from '../core/target.ts'
import type {Verdict} from '../core/verdict.ts'
import {parseNemeses} from '../nemesis/index.ts'
import {judgeLoaded} from '../runner/judging/judge-loaded.ts'
import {load} from '../runner/judging/load.ts'
import {run} from '../runner/run.ts'
import {resolveRun} from '../runner/settings/resolve.ts'
import {layerOf} from '../runner/settings/run-settings.ts'
import {simulate} from '../runner/simulate.ts'
import {SimulatedWorld} from '../runner/simulated-world.ts'
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
  // Where nothing is decided together, there is less to tell.
  expect(told).toBeGreaterThan(SEEDS * (target.protocol?.leads ? 500 : 50))
})

describe('planted bugs', () => {
  test.each([
    ['raft', 'forget-vote', ['single-vote', 'terms-grow']],
    ['raft', 'even-quorum', ['election-safety', 'state-machine-safety', 'leader-completeness']],
    ['raft', 'vote-any-log', ['leader-completeness', 'state-machine-safety']],
    ['raft', 'no-truncate', ['state-machine-safety', 'log-matching']],
    ['paxos', 'own-value', ['state-machine-safety']],
    ['paxos', 'minority-quorum', ['state-machine-safety', 'validity']],
    ['zab', 'skip-sync', ['state-machine-safety', 'log-matching', 'primary-order']],
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

test('a simulated run is judged by them, and so it is when it is judged again', async () => {
  const output = mkdtempSync(join(tmpdir(), 'chaos-invariants-'))
  onTestFinished(() => rmSync(output, {recursive: true}))
  const settings = {target: 'zab', workload: 'set', nemesis: 'partition:leader', time: '6s', interval: '300ms', output}
  const attempt = async (seed: string) => {
    const options = await resolveRun({
      layers: [layerOf('this test', {...settings, seed})],
      bugs: ['skip-sync'],
      targetArgs: ['eventEntries=1'],
      thresholds: [],
      freshSeed: seed,
      findTarget: async () => (TARGETS as Record<string, Target>)['zab']!,
    })
    const {judgement, directory} = await run(options, {}, new AbortController().signal, new SimulatedWorld())
    return {directory, found: judgement!.verdicts.find(isOfInvariants)!}
  }
  let {found, directory} = await attempt('told-0')
  for (let seed = 1; seed < 30 && found.validity === 'valid'; seed++) {
    ;({found, directory} = await attempt(`told-${seed}`))
  }
  expect(found).toMatchObject({kind: 'safety', validity: 'invalid'})
  const [anomaly] = found.anomalies
  expect(anomaly).toMatchObject({type: 'state-machine-safety', witness: []})
  expect(anomaly!.why!.every((line) => /^\d+\.\d{3} s {2}n\d {2}commit, /.test(line))).toBe(true)
  expect(anomaly!.why!.length).toBe(2)
  const again = await judgeLoaded(await load(directory.path), {thresholds: []}, UNLIMITED)
  expect(again.judgement.verdicts.find(isOfInvariants)).toEqual(found)
})

const isOfInvariants = ({checker}: Verdict) => checker === 'invariants'
