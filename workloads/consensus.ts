/**
 * Single-decree consensus, many times over: each key is one instance, several clients propose different values, and all
 * must be told the same decision, which is one of those proposed (Lamport, "Paxos Made Simple", 2001, section 2.1).
 */
import {consensus as consensusChecker} from '../checkers/invariants/consensus.ts'
import {consensusWatch} from '../checkers/invariants/consensus-watch.ts'
import type {Invocation} from '../core/generator.ts'
import {unfold} from '../core/generators.ts'
import type {Random} from '../core/random.ts'
import type {Workload} from '../core/workload.ts'
import {finalReads} from './final-reads.ts'
import {firstObjects, type Objects, useOne} from './objects.ts'

/** Operations on one instance before a new one takes its place. */
const SHARE = 12

interface State {
  readonly objects: Objects
  readonly value: number
}

function draw(state: State, random: Random): readonly [Invocation, State] {
  const {name: key, objects} = useOne(state.objects, SHARE, random)
  if (random.chance(0.3))
    return [
      {f: 'read', key},
      {...state, objects},
    ]
  // Distinct, and in no order: whoever decides by size must be found out.
  const value = state.value * 1000 + random.int(1000)
  return [
    {f: 'propose', key, value: random.chance(0.5) ? value : -value},
    {objects, value: state.value + 1},
  ]
}

export const consensus: Workload = {
  name: 'consensus',
  description: 'many instances of single-decree consensus: proposals, and reads of the decision',
  requires: ['propose', 'read'],
  claims: ['linearizable'],
  generator: (options) =>
    unfold<State>({objects: firstObjects(options.keys), value: 1}, (state, context) => draw(state, context.random)),
  finalGenerator: (options, keys) => finalReads(keys, options.nodes.length),
  checkers: () => [consensusChecker()],
  watch: () => consensusWatch(),
}
