/**
 * Independent keys. Jepsen's `independent` puts the key of an object into the value, as `[key value]`, and EDN cannot tell
 * such a tuple from any other pair; we have a field for it.
 */
import type {Key, Op, ProcessId} from '../op.ts'
import {isClientOp} from '../op.ts'

/**
 * Watches ops go by: does every client op look like one on an independent key, a pair whose first half is a name or number?
 * What was asked for decides. An answer may come without the key (a bare nil, mostly); one with another key is told.
 */
export class IndependenceWatch {
  #possible = true
  #read = false
  #bare = 0
  #firstBare = -1
  #strange: Op | undefined
  readonly #asked = new Map<ProcessId, unknown>()

  see(ops: readonly Op[]): void {
    for (let i = 0; this.#possible && i < ops.length; i++) {
      const op = ops[i]!
      if (!isClientOp(op) || op.type === 'fail' || op.type === 'info') continue
      if (op.key !== undefined || op.f === 'txn') this.#possible = false
      else if (op.type === 'invoke') {
        if (!isPair(op.value)) this.#possible = false
        else this.#asked.set(op.process, op.value[0])
        // A bare compare-and-set is a pair as well, but a read is not.
        this.#read ||= op.f === 'read'
      } else if (isPair(op.value)) {
        if (op.value[0] !== this.#asked.get(op.process)) this.#strange ??= op
      } else if (this.#bare++ === 0) this.#firstBare = op.index
    }
  }

  /** The answer, once all have gone by. */
  get looksIndependent(): boolean {
    return this.#possible && this.#read
  }

  /** The first answer about another key than the one that was asked for. Nobody can say what it means. */
  get strange(): Op | undefined {
    return this.#strange
  }

  /** Answers without a key: how many, and the index of the first. */
  get bare(): {readonly count: number; readonly first: number} {
    return {count: this.#bare, first: this.#firstBare}
  }
}

/** Whether these ops do. */
export function looksIndependent(ops: readonly Op[]): boolean {
  const watch = new IndependenceWatch()
  watch.see(ops)
  return watch.looksIndependent
}

function isPair(value: unknown): value is readonly [Key | bigint, unknown] {
  return Array.isArray(value) && value.length === 2 && ['number', 'string', 'bigint'].includes(typeof value[0])
}

/** Takes the key out of the value of each client op. */
export function liftKeys(ops: readonly Op[]): Op[] {
  return ops.map(liftKey)
}

/** The same for one op. */
export function liftKey(op: Op): Op {
  if (!isClientOp(op) || !isPair(op.value)) return op
  const [key, value] = op.value
  return {...op, key: typeof key === 'bigint' ? `${key}` : key, value}
}

/** Puts the key back into the value, for Jepsen's own checkers. */
export function lowerKeys(ops: Iterable<Op>): Op[] {
  return Array.from(ops, (op) => {
    const {key, ...rest} = op
    return key === undefined ? op : {...rest, value: [key, op.value]}
  })
}
