/** The operations of a history whose ops are no array: each is made when it is asked for. */
import {type Op, type Operation, operationOf} from './op.ts'
import {NEVER, type Pairs} from './pairs.ts'
import {LazySequence, Picked, Positions, type Sequence} from './sequence.ts'

export class LazyOperations extends LazySequence<Operation> {
  readonly length: number
  readonly #ops: Sequence<Op>
  readonly #pairs: Pairs

  constructor(ops: Sequence<Op>, pairs: Pairs) {
    super()
    this.#ops = ops
    this.#pairs = pairs
    this.length = pairs.invoke.length
  }

  make(number: number): Operation {
    const {invoke, complete} = this.#pairs
    const completion = complete[number]!
    return operationOf(this.#ops.at(invoke[number]!)!, completion === NEVER ? undefined : this.#ops.at(completion)!)
  }

  /** Where the ops of these operations are, in order; they must be some of this sequence. */
  positionsOf(operations: Sequence<Operation> | undefined): Int32Array {
    const {invoke, complete} = this.#pairs
    const positions = new Positions(64)
    for (const number of operations instanceof Picked ? operations.positions : []) {
      positions.push(invoke[number]!)
      if (complete[number] !== NEVER) positions.push(complete[number]!)
    }
    return positions.view().sort()
  }

  /** Groups by what is known of each invocation, in the order of their first operation. */
  groupBy<Name>(nameAt: (position: number) => Name): Map<Name, Sequence<Operation>> {
    const {invoke} = this.#pairs
    const groups = new Map<Name, Positions>()
    for (let number = 0; number < this.length; number++) {
      const name = nameAt(invoke[number]!)
      let group = groups.get(name)
      if (group === undefined) groups.set(name, (group = new Positions(4)))
      group.push(number)
    }
    const sequences = new Map<Name, Sequence<Operation>>()
    for (const [name, numbers] of groups) sequences.set(name, new Picked(this, numbers.view()))
    return sequences
  }
}
