/** A thread of the check pool: does the units it is sent, by the name of their task. */
import {decideUnit} from '../../checkers/linearizable/parallel/unit.ts'
import type {Task} from '../../core/checker.ts'
import type {ToThread} from './check-pool.ts'

/** Tasks that can be done in a thread. A line each. */
const TASKS: Readonly<Record<string, Task<never, unknown>>> = {
  [decideUnit.name]: decideUnit as Task<never, unknown>,
}

export default function run({task, unit, halt}: ToThread): unknown {
  return TASKS[task]!.run(unit as never, () => Atomics.load(halt, 0) !== 0)
}
