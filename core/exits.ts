/**
 * Nodes that ended though nobody had ended them: a database that panics, or that gives up because it finds no quorum. Each stands in
 * the record where it happened, as what the process `node:n2` was seen to do, so that whoever judges the record later knows it too.
 */
import type {NodeId} from './node.ts'
import type {Op} from './op.ts'
import type {Sequence} from './sequence.ts'

/** The value of the op. */
export interface NodeExit {
  readonly node: NodeId
  /** "ended with exit code 1". */
  readonly how: string
  /** Whether it had served since it was started; otherwise it gave up starting. */
  readonly served: boolean
  /** The end of its log. */
  readonly log: readonly string[]
}

const EXIT = 'exit'
const PREFIX = 'node:'

export function exitOp(exit: NodeExit, timeNs: number): Omit<Op, 'index'> {
  return {timeNs, type: 'info', process: `${PREFIX}${exit.node}`, f: EXIT, value: exit}
}

/** Those of a record, with when they happened. `ops` are those of no client. */
export function exitsIn(ops: Sequence<Op>): readonly (NodeExit & {readonly timeNs: number})[] {
  return [...ops]
    .filter(({process, f}) => f === EXIT && typeof process === 'string' && process.startsWith(PREFIX))
    .map(({process, value, timeNs}) => {
      const {how = 'ended', served = true, log = []} = (value ?? {}) as Partial<NodeExit>
      return {node: (process as string).slice(PREFIX.length), how, served, log, timeNs}
    })
}
