/**
 * Histories as a line of text, for tests that stay readable: `p0 w1 | p1 [r1 | …`. Each token is an event:
 *
 *     0:w1(    process 0 invokes write 1           0:)     process 0's operation returns ok
 *     1:r(     process 1 invokes a read            1:)2    … and its answer is 2
 *     2:c12(   process 2 invokes cas 1 → 2         2:x     … refused: the value differs
 *     3:?      nobody knows what became of it
 */
import {type History, history} from '../../../core/history.ts'
import type {Op} from '../../../core/op.ts'

const FUNCTION: Record<string, string> = {r: 'read', w: 'write', c: 'cas'}

/** The history of a register that the events tell. */
export function registerHistory(text: string): History {
  const ops: Op[] = []
  const open = new Map<number, {f: string; value: unknown}>()
  for (const token of text.trim().split(/\s+/)) {
    const match = /^(\d+):(?:([rwc])(\d*)\(|\)(\w*)|([x?]))$/.exec(token)
    if (match === null) throw new Error(`not an event: ${token}`)
    const process = Number(match[1])
    const base = {index: ops.length, timeNs: ops.length * 1000, process}
    const letter = match[2]
    if (letter !== undefined) {
      const digits = [...match[3]!].map(Number)
      const value = letter === 'r' ? null : letter === 'w' ? digits[0] : digits
      open.set(process, {f: FUNCTION[letter]!, value})
      ops.push({...base, type: 'invoke', f: FUNCTION[letter]!, value})
      continue
    }
    const {f, value} = open.get(process)!
    if (match[5] === 'x') ops.push({...base, type: 'fail', f, value, error: 'value differs'})
    else if (match[5] === '?') ops.push({...base, type: 'info', f, value})
    else {
      const answer = f === 'read' ? (match[4] === 'nil' ? null : Number(match[4])) : value
      ops.push({...base, type: 'ok', f, value: answer})
    }
  }
  return history(ops)
}
