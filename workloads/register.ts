/**
 * Registers: read and write, optionally compare-and-set, over independent keys. Written values are unique, so the record
 * says which write each read saw.
 */

import {type LinearizableOptions, linearizable, linearizableStream} from '../checkers/linearizable/index.ts'
import {convergence} from '../checkers/replicas/convergence.ts'
import {sequentialConsistency} from '../checkers/sessions/index.ts'
import type {Checker} from '../core/checker.ts'
import type {Invocation} from '../core/generator.ts'
import {unfold} from '../core/generators.ts'
import type {Random} from '../core/random.ts'
import type {Workload, WorkloadOptions} from '../core/workload.ts'
import {finalReads} from './final-reads.ts'
import {firstObjects, type Objects, useOne} from './objects.ts'

/** Operations on one key before a new one takes its place. */
const SHARE = 2000

/** What the stream has given out so far. */
interface State {
  readonly objects: Objects
  /** The next value never written before. */
  readonly value: number
  /** The value last written to each key in use, in the order of the plan: the likeliest present value. By its place. */
  readonly last: readonly (number | null)[]
}

/** How often each function is drawn. */
interface Mix {
  readonly read: number
  readonly write: number
  readonly cas: number
}

function draw(state: State, random: Random, mix: Mix): readonly [Invocation, State] {
  const {name: key, slot, objects, retired} = useOne(state.objects, SHARE, random)
  const dice = random.next() * (mix.read + mix.write + mix.cas)
  const {value} = state
  const present = state.last[slot] ?? null
  const isRead = dice < mix.read
  const last = isRead && !retired ? state.last : state.last.with(slot, retired ? null : value)
  if (isRead)
    return [
      {f: 'read', key},
      {objects, value, last},
    ]
  const next = {objects, value: value + 1, last}
  if (dice < mix.read + mix.write) return [{f: 'write', key, value}, next]
  return [{f: 'cas', key, value: [present, value]}, next]
}

function registerWorkload(name: string, description: string, requires: readonly string[], mix: Mix): Workload {
  return {
    name,
    description,
    requires,
    claims: ['linearizable', 'sequential', 'eventual', 'convergent'],
    generator: (options) =>
      unfold<State>(
        {objects: firstObjects(options.keys), value: 1, last: new Array(options.keys).fill(null)},
        (state, context) => draw(state, context.random, mix),
      ),
    finalGenerator: (options, keys) => finalReads(keys, options.nodes.length),
    checkers: (options) => checkers(options),
    watch: (options) => (options.claim === 'linearizable' ? linearizableStream(asRegister(options)) : undefined),
  }
}

/** How a linearizable register is judged, while the run goes on and afterwards. */
function asRegister({truthfulRefusals = false}: WorkloadOptions): LinearizableOptions {
  return {model: 'cas-register', trustFailures: truthfulRefusals}
}

function checkers(options: WorkloadOptions): readonly Checker[] {
  const {claim, nodes} = options
  if (claim === 'linearizable') return [linearizable(asRegister(options))]
  if (claim === 'sequential') return [sequentialConsistency(), convergence({writes: ['write', 'cas'], nodes})]
  return [convergence({writes: ['write', 'cas'], nodes, lossy: claim === 'convergent'})]
}

export const register: Workload = registerWorkload(
  'register',
  'reads and unique writes of independent registers',
  ['read', 'write'],
  {read: 0.5, write: 0.5, cas: 0},
)

export const cas: Workload = registerWorkload(
  'cas',
  'reads, unique writes and compare-and-set of independent registers',
  ['read', 'write', 'cas'],
  {read: 0.4, write: 0.25, cas: 0.35},
)
