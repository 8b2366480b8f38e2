/** Histories too large for memory, written to a file piece by piece: registers, transactions over lists, as JSON Lines or EDN. */
import {closeSync, openSync, writeSync} from 'node:fs'
import {transactionSource} from '../checkers/elle/generate.ts'
import type {MicroOp} from '../checkers/elle/micro-op.ts'
import {FORMATS} from '../core/format/index.ts'
import type {Op} from '../core/op.ts'
import {createRandom} from '../core/random.ts'
import {opStream} from './linearizable-histories.ts'

export interface BigFile {
  readonly what: 'register' | 'list-append'
  readonly format: 'jsonl' | 'edn' | 'json'
  readonly bytes: number
  /** Registers only. */
  readonly keys?: number
}

/** Writes about so many bytes; gives how many ops they are. */
export function writeBigFile(path: string, {what, format, bytes, keys = 1000}: BigFile): number {
  const {write} = FORMATS[format]
  const file = openSync(path, 'w')
  let written = writeSync(file, write.header({}))
  let count = 0
  const batches =
    what === 'register'
      ? opStream({seed: 'big', operations: Number.POSITIVE_INFINITY, clients: 20, keys, values: 5})
      : transactions()
  for (const batch of batches) {
    let text = ''
    for (const op of batch) text += count++ === 0 ? write.op(op) : `${write.separator}${write.op(op)}`
    written += writeSync(file, text)
    // Every operation is complete only now and then; an open one is a pending one.
    if (written >= bytes) break
  }
  writeSync(file, write.footer)
  closeSync(file)
  return count
}

/** A strictly serializable database of lists, without end: keys come and go. */
function* transactions(): Generator<Op[]> {
  const random = createRandom('big/lists')
  let source = transactionSource('list-append')
  const lists = new Map<unknown, unknown[]>()
  const open: (readonly MicroOp[] | undefined)[] = new Array(20).fill(undefined)
  let index = 0
  for (;;) {
    const batch: Op[] = []
    while (batch.length < 20_000) {
      const process = random.int(open.length)
      const asked = open[process]
      const common = {index, timeNs: index++ * 1000, process, f: 'txn'}
      if (asked === undefined) {
        const {transaction, source: rest} = source.next(random)
        source = rest
        open[process] = transaction
        batch.push({...common, type: 'invoke', value: transaction})
        continue
      }
      open[process] = undefined
      batch.push({...common, type: 'ok', value: asked.map((mop) => answer(mop, lists))})
    }
    yield batch
  }
}

function answer(mop: MicroOp, lists: Map<unknown, unknown[]>): MicroOp {
  const [verb, key, value] = mop
  const list = lists.get(key)
  if (verb === 'r') return ['r', key, list === undefined ? null : [...list]]
  if (list === undefined) lists.set(key, [value])
  else list.push(value)
  return mop
}
