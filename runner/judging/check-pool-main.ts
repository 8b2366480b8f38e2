/** A thread of the check pool: does the units it is sent, by the name of their task. */
import {parentPort} from 'node:worker_threads'
import {decideUnit} from '../../checkers/linearizable/parallel/unit.ts'
import type {Task} from '../../core/checker.ts'
import {messageOf} from '../../core/error.ts'
import type {FromThread, ToThread} from './check-pool.ts'

/** Tasks that can be done in a thread. A line each. */
const TASKS: Readonly<Record<string, Task<never, unknown>>> = {
  [decideUnit.name]: decideUnit as Task<never, unknown>,
}

parentPort?.on('message', ({task, number, unit, halt}: ToThread) => {
  try {
    const result = TASKS[task]!.run(unit as never, () => Atomics.load(halt, 0) !== 0)
    parentPort?.postMessage({number, result} satisfies FromThread)
  } catch (error) {
    parentPort?.postMessage({number, error: messageOf(error)} satisfies FromThread)
  }
})
