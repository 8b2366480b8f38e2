/**
 * Broadcast: a message is given to one node, and every node must come to know it. `broadcast` a message, `read` all messages
 * that a node knows. It is a set that only grows, and it is judged as one.
 */
import {convergence, setFull} from '../checkers/library.ts'
import type {Checker} from '../core/checker.ts'
import type {Invocation} from '../core/generator.ts'
import {unfold} from '../core/generators.ts'
import {type History, history} from '../core/history.ts'
import type {Random} from '../core/random.ts'
import type {Workload} from '../core/workload.ts'
import {finalReads} from './final-reads.ts'
import {firstObjects, type Objects, useOne} from './objects.ts'

/** Operations on one topic before a new one takes its place. */
const SHARE = 400

interface State {
  readonly objects: Objects
  readonly message: number
}

function draw({objects: before, message}: State, random: Random): readonly [Invocation, State] {
  const {name: key, objects} = useOne(before, SHARE, random)
  if (random.chance(0.2))
    return [
      {f: 'read', key},
      {objects, message},
    ]
  return [
    {f: 'broadcast', key, value: message},
    {objects, message: message + 1},
  ]
}

/** The same record in the words of sets. */
function asSets(record: History): History {
  return history([...record.ops].map((op) => (op.f === 'broadcast' ? {...op, f: 'add'} : op)))
}

/** A checker of sets, for broadcasts. */
export function ofBroadcasts(checker: Checker): Checker {
  return {...checker, check: (record, options) => checker.check(asSets(record), options)}
}

export const broadcast: Workload = {
  name: 'broadcast',
  description: 'gives messages to single nodes and reads what each node knows',
  requires: ['broadcast', 'read'],
  claims: ['linearizable', 'eventual', 'strong-eventual'],
  generator: ({keys}) =>
    unfold<State>({objects: firstObjects(keys), message: 1}, (state, context) => draw(state, context.random)),
  finalGenerator: ({nodes}, keys) => finalReads(keys, nodes.length),
  checkers: ({claim, nodes}) =>
    claim === 'linearizable'
      ? [ofBroadcasts(setFull({claim: 'linearizable'}))]
      : [ofBroadcasts(setFull({claim: 'eventual'})), ofBroadcasts(convergence({unordered: true, nodes}))],
}
