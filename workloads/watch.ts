/**
 * Watches: values are announced under names, as services announce their addresses, and every watcher is told of every change,
 * once, in order, from the first. `send` answers the position of the change; `poll` the changes since this process last
 * looked, `[[position, value], …]`.
 *
 * To the checker a name is a log: a change that a watcher skips is a record that a consumer skips.
 */
import {log as logChecker} from '../checkers/library.ts'
import {logWatch} from '../checkers/log/log-watch.ts'
import type {Invocation} from '../core/generator.ts'
import {unfold} from '../core/generators.ts'
import type {Random} from '../core/random.ts'
import type {Workload} from '../core/workload.ts'
import {finalReads} from './final-reads.ts'
import {firstObjects, type Objects, useOne} from './objects.ts'

/** Operations on one name before a new one takes its place: watchers begin at the beginning again and again. */
const SHARE = 300

interface State {
  readonly objects: Objects
  readonly value: number
}

function draw(state: State, random: Random): readonly [Invocation, State] {
  const {name: key, objects} = useOne(state.objects, SHARE, random)
  if (random.chance(0.6))
    return [
      {f: 'poll', key},
      {...state, objects},
    ]
  return [
    {f: 'send', key, value: state.value},
    {objects, value: state.value + 1},
  ]
}

export const watch: Workload = {
  name: 'watch',
  description: 'announces changes under names (send), is told of all of them in order (poll)',
  requires: ['send', 'poll'],
  claims: ['exactly-once'],
  generator: (options) =>
    unfold<State>({objects: firstObjects(options.keys), value: 1}, (state, context) => draw(state, context.random)),
  finalGenerator: (options, keys) => finalReads(keys, options.nodes.length, 'poll'),
  checkers: () => [logChecker()],
  watch: () => logWatch(),
}
