/**
 * Proofs of faults can fail. Each fault is sabotaged in a whole run: the proxy takes its orders and ignores them, signals are
 * not sent, clocks are not set. The run must then say of each that it was never seen to take effect, and be *unknown*. The
 * same runs without sabotage prove every fault: a proof that always fails would show nothing either.
 */
import {mkdtempSync, rmSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {afterAll, beforeAll, describe, expect, test} from 'vitest'
import type {Target} from '../../core/target.ts'
import {realWorld} from '../../runner/real-world.ts'
import {run} from '../../runner/run.ts'
import {resolveRun} from '../../runner/settings/resolve.ts'
import {layerOf} from '../../runner/settings/run-settings.ts'
import type {World} from '../../runner/stage.ts'
import {TARGETS} from '../../targets/index.ts'
import {foreignStore} from '../fixtures/foreign-store.ts'
import {type LyingToxiproxy, lyingToxiproxy} from '../fixtures/lying-toxiproxy.ts'
import {sabotage} from '../fixtures/sabotaged-place.ts'

const NETWORK = ['partition', 'latency', 'jitter', 'bandwidth', 'slice', 'reset', 'flaky']
const PROCESSES = ['kill', 'pause']

const ALL = [...NETWORK, ...PROCESSES]
/** `proved`: the faults that are shown to be provable. What a probe of a link sees does not depend on the program. */
const TARGETS_TRIED = [
  ['raft', {target: TARGETS['raft'] as Target, faults: [...ALL, 'clock', 'disk'], proved: [...ALL, 'clock', 'disk']}],
  [
    'a foreign program that answers a probe',
    {target: foreignStore({probe: true}), faults: ALL, proved: ['partition', 'latency', 'kill', 'pause']},
  ],
  [
    'a foreign program of which nothing is known',
    {target: foreignStore({probe: false}), faults: ALL, proved: ['partition', 'bandwidth', 'reset', 'kill', 'pause']},
  ],
] as const

let directory: string
let liar: LyingToxiproxy

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'chaos-sabotage-'))
  liar = await lyingToxiproxy()
})
afterAll(async () => {
  await liar.close()
  rmSync(directory, {recursive: true, force: true})
})

/** What is done to nodes and links never reaches them. */
function sabotagedWorld(): World {
  const {place, end} = sabotage()
  const world = realWorld({place})
  const open: World['open'] = async (context) => {
    const stage = await world.open(context)
    context.scope.defer('the sabotage', end)
    return stage
  }
  return {...world, open}
}

interface Tried {
  readonly target: Target
  readonly faults: readonly string[]
  readonly toxiproxy: string
  readonly world: World
  readonly time: string
}

/** The proofs of each fault that were accepted, and the judgement. */
async function fared({target, faults, toxiproxy, world, time}: Tried) {
  const settings = {
    nemesis: faults.join(','),
    nodes: '3',
    time,
    interval: '1500ms',
    rate: '60',
    seed: 'sabotage',
    output: directory,
    toxiproxy,
  }
  const options = await resolveRun({
    layers: [layerOf('flag', settings)],
    bugs: [],
    targetArgs: [],
    thresholds: [],
    freshSeed: 'sabotage',
    findTarget: async () => target,
  })
  const {judgement, history, ended} = await run(options, {}, new AbortController().signal, world)
  expect(ended).toBeUndefined()
  /** The proofs of those that were verified. */
  const verified = (fault: string) =>
    history.faults.filter((seen) => seen.fault === fault && seen.verified).map(({proof}) => proof)
  return {judgement, verified: Object.fromEntries(faults.map((fault) => [fault, verified(fault)]))}
}

describe.each(TARGETS_TRIED)('%s', (_name, {target, faults, proved}) => {
  test('no sabotaged fault is taken for a real one', async () => {
    const world = sabotagedWorld()
    const {judgement, verified} = await fared({target, faults, toxiproxy: liar.url, world, time: '8s'})
    expect(verified).toEqual(Object.fromEntries(faults.map((fault) => [fault, []])))
    expect(judgement?.validity).toBe('unknown')
    const exercise = judgement?.verdicts.find(({checker}) => checker === 'exercise')
    for (const fault of faults) expect(exercise?.reason).toContain(`The fault ${fault} was never seen to take effect`)
  })

  // A busy machine may hide a small effect: then it is tried again. One at a time: a node that is dead or cut off proves nothing of a slow link to it.
  test.each(proved)('%s is proved where nothing is sabotaged', {retry: 2}, async (fault) => {
    const world = realWorld()
    const {verified} = await fared({target, faults: [fault], toxiproxy: 'embedded', world, time: '3s'})
    expect(verified[fault]).not.toEqual([])
  })
})
