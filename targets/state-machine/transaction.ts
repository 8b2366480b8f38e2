/**
 * One-shot transactions over lists, as Elle's list-append workload has them: `["append", k, v]` and `["r", k, null]`. A
 * whole transaction is one command of the log, so it is atomic, and reads see what it appended before.
 */
import type {Json} from '../../core/node.ts'
import type {Answer} from './command.ts'

/** Executes it on these lists. The answer repeats the micro-operations, with what the reads found. */
export function runTransaction(lists: Map<string, readonly Json[]>, value: Json): Answer {
  if (!Array.isArray(value) || !value.every(isMicroOperation)) {
    return {type: 'failed', error: 'txn wants [["append", key, element] | ["r", key, null], …]'}
  }
  const done: Json[] = []
  for (const [f, key, element] of value as readonly (readonly [string, Json, Json])[]) {
    const name = String(key)
    const list = lists.get(name) ?? []
    if (f === 'append') lists.set(name, [...list, element])
    done.push([f, key, f === 'append' ? element : list])
  }
  return {type: 'ok', value: done}
}

function isMicroOperation(micro: Json): boolean {
  return Array.isArray(micro) && micro.length === 3 && (micro[0] === 'append' || micro[0] === 'r')
}
