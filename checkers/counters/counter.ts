/**
 * Counters that go up and down.
 *
 *     0  |add 5|   |add 3 >
 *     1        |add -2|     |read 9|     at least 5 - 2 = 3, at most 5 + 3 - 2 = 6
 *
 * Definition. `add` takes an amount, perhaps negative (`increment` and `decrement` take one, 1 by default); `read` returns
 * the sum. *Linearizable*: every read lies between what must and what may have been counted when it ran, that is from
 * (increments acknowledged before its invocation + decrements attempted before its return) to (increments attempted before
 * its return + decrements acknowledged before its invocation). *Eventual*: a read before the end lies between all decrements
 * and all increments attempted so far. Either way a final read is exactly the acknowledged sum plus the sum of some subset of
 * the operations whose outcome is unknown, or which were under way. Anything but a number is a *reply-mismatch*, and a
 * fraction is one where only whole numbers were added.
 *
 * Proves: acknowledged amounts are neither lost nor counted twice. Cannot see: two errors that cancel out, or reads that are
 * in bounds but out of order with each other (the linearizability checker's counter model sees those). Every read is judged,
 * not only the last; the bounds are those of Jepsen's counter, widened for decrements. Sums are exact beyond 2^53, and for
 * decimals and ratios; of fractions that a machine has in binary (0.1) a sum may differ by what rounding may have made of it.
 * Where the sums of the unknown operations have more than 2^27 steps, a final read that is within bounds passes.
 */

import type {Checker} from '../../core/checker.ts'
import {
  approximate,
  type Exact,
  exactOf,
  exactRatio,
  greatestDivisor,
  isBinary,
  leastMultiple,
  showExact,
  slackOf,
} from '../../core/exact.ts'
import type {Key, Op, Operation} from '../../core/op.ts'
import {counted} from '../../core/quantities.ts'
import type {Sequence} from '../../core/sequence.ts'
import {showValue} from '../../core/value.ts'
import type {Anomaly} from '../../core/verdict.ts'
import {ofKey, verdictOf, witnessOf} from '../findings/finding.ts'
import {wrongAnswer, wrongRequest} from '../findings/wrong-shape.ts'

export interface CounterOptions {
  /** What reads before the final ones promise. Linearizable by default. */
  readonly claim?: 'linearizable' | 'eventual'
  /** What was acknowledged may be lost: final reads promise no more than those before. */
  readonly lossy?: boolean
}

/** From the least to the greatest sum of unknown operations, while looking for the subset that explains a final read. */
const MAX_SPAN = 2n ** 27n

export function counter(options: CounterOptions = {}): Checker {
  const eventual = options.claim === 'eventual'
  return {
    name: 'counter',
    description:
      'every read of a counter is within bounds, and final reads count each acknowledged amount exactly once',
    check(history) {
      const anomalies: Anomaly[] = []
      let reads = 0
      const keys = [...history.byKey()]
      for (const [key, operations] of keys) {
        const tally = tallyOf(key, operations, {eventual, lossy: options.lossy === true})
        for (const found of tally.anomalies) anomalies.push(found)
        reads += tally.reads
      }
      return verdictOf({
        checker: 'counter',
        property: 'counter within bounds',
        kind: 'safety',
        summary: `${counted(keys.length, 'counter')}, ${counted(reads, 'read')}`,
        anomalies,
        reason: reads > 0 ? undefined : 'No read succeeded.',
      })
    },
  }
}

interface Tally {
  readonly anomalies: Anomaly[]
  readonly reads: number
}

/** What an operation adds; undefined for one that adds nothing. Throws UsageError for what is no number. */
function amountOf(operation: Operation): Exact | undefined {
  const {f} = operation
  if (f !== 'add' && f !== 'increment' && f !== 'decrement') return undefined
  const amount = exactOf(askedOf(operation))
  if (amount === undefined) throw wrongRequest(operation, 'a number')
  return f === 'decrement' ? {over: -amount.over, under: amount.under} : amount
}

function askedOf({f, input}: Operation): unknown {
  return f === 'add' ? input : (input ?? 1)
}

/** An operation that adds, with how much, in parts. */
interface Change {
  readonly operation: Operation
  readonly amount: bigint
}

/** Sums of increments and of decrements. */
interface Sides {
  up: bigint
  down: bigint
}

function tallyOf(
  key: Key | undefined,
  operations: Sequence<Operation>,
  {eventual, lossy}: {readonly eventual: boolean; readonly lossy: boolean},
): Tally {
  const events: {readonly index: number; readonly operation: Operation; readonly returns: boolean}[] = []
  for (const operation of operations) {
    events.push({index: operation.invoke.index, operation, returns: false})
    if (operation.outcome === 'ok') {
      events.push({index: (operation.completion as Op).index, operation, returns: true})
    }
  }
  events.sort((left, right) => left.index - right.index)

  const scale = scaleOf(operations)
  const anomalies: Anomaly[] = []
  const acknowledged: Sides = {up: 0n, down: 0n}
  const attempted: Sides = {up: 0n, down: 0n}
  /** How many amounts that is. */
  let terms = 0
  const atInvoke = new Map<Operation, Sides>()
  /** What was asked for and not (yet) acknowledged. */
  const open = new Map<Operation, Change>()
  /** What may or may not be in each final read that is under way, and the sum that must be. */
  const running = new Map<Operation, {readonly sum: bigint; readonly optional: Change[]}>()
  let reads = 0
  for (const {operation, returns} of events) {
    const exact = amountOf(operation)
    if (exact !== undefined) {
      if (operation.outcome === 'fail') continue
      const amount = scale.inParts(exact)
      const side = amount < 0n ? 'down' : 'up'
      if (returns) {
        acknowledged[side] += amount
        open.delete(operation)
      } else {
        attempted[side] += amount
        terms++
        open.set(operation, {operation, amount})
        for (const {optional} of running.values()) optional.push({operation, amount})
      }
      continue
    }
    if (operation.f !== 'read' || operation.outcome !== 'ok') continue
    if (!returns) {
      atInvoke.set(operation, eventual ? {up: 0n, down: 0n} : {...acknowledged})
      if (operation.final && !lossy) {
        running.set(operation, {sum: acknowledged.up + acknowledged.down, optional: [...open.values()]})
      }
      continue
    }
    reads++
    const {up, down} = atInvoke.get(operation) as Sides
    atInvoke.delete(operation)
    const final = running.get(operation)
    running.delete(operation)
    const answer = exactOf(operation.output)
    if (answer === undefined || (scale.whole && answer.under !== 1n)) {
      anomalies.push(wrongAnswer(operation, scale.whole ? 'a whole number' : 'a number'))
      continue
    }
    const value = scale.inParts(answer)
    const slack = scale.whole ? 0n : scale.slack(operation.output, terms, attempted)
    const [low, high] = [up + attempted.down, attempted.up + down]
    if (value < low - slack || value > high + slack) {
      anomalies.push(outOfBounds(key, operation, scale.show(low), scale.show(high)))
    } else if (final !== undefined && !isSumOf(value - final.sum, final.optional, slack)) {
      anomalies.push(wrongFinal(key, operation, scale.show(final.sum), final.optional, scale))
    }
  }
  return {anomalies, reads}
}

/** Parts of one, of which all that was added to a counter and read from it are whole multiples: sums of them are exact. */
class Scale {
  readonly #part: bigint
  /** Whether nothing but whole numbers was added. */
  readonly whole: boolean
  /** Whether some of it was a fraction in binary. */
  readonly #binary: boolean

  constructor(part: bigint, whole: boolean, binary: boolean) {
    this.#part = part
    this.whole = whole
    this.#binary = binary
  }

  inParts({over, under}: Exact): bigint {
    return under === this.#part ? over : over * (this.#part / under)
  }

  show(parts: bigint): string {
    return showExact(exactRatio(parts, this.#part))
  }

  /** How far an answer may be from the sum, because of rounding. */
  slack(answer: unknown, terms: number, {up, down}: Sides): bigint {
    const size = approximate(exactRatio(up - down, this.#part))
    const slack = slackOf(answer, {terms: this.#binary ? terms : 0, size})
    const {over, under} = exactOf(slack) as Exact
    return (over * this.#part) / under
  }
}

function scaleOf(operations: Sequence<Operation>): Scale {
  let part = 1n
  let [whole, binary] = [true, false]
  for (const operation of operations) {
    const changes = operation.f !== 'read'
    const value = changes ? askedOf(operation) : operation.output
    if (Number.isInteger(value)) continue
    const {under} = exactOf(value) ?? {under: 1n}
    part = leastMultiple(part, under)
    if (changes && under !== 1n) whole = false
    if (changes && isBinary(value)) binary = true
  }
  return new Scale(part, whole, binary)
}

/**
 * Whether some subset of these amounts adds up to `sum`, give or take `slack`: bit i says that the least possible sum plus i steps
 * can be had, and each amount shifts the bits. A step is what divides all amounts. Taken as true where that would be too many bits.
 */
function isSumOf(sum: bigint, changes: readonly Change[], slack: bigint): boolean {
  let [least, span, step] = [0n, 0n, 0n]
  for (const {amount} of changes) {
    const size = amount < 0n ? -amount : amount
    if (amount < 0n) least += amount
    span += size
    step = greatestDivisor(step, size)
  }
  const wanted = sum - least
  if (wanted < -slack || wanted > span + slack) return false
  if (step === 0n) return true
  if (span / step > MAX_SPAN) return true
  let sums = 1n
  for (const {amount} of changes) sums |= sums << ((amount < 0n ? -amount : amount) / step)
  const from = wanted - slack <= 0n ? 0n : (wanted - slack + step - 1n) / step
  const to = (wanted + slack) / step
  return to >= from && BigInt.asUintN(Number(to - from) + 1, sums >> from) !== 0n
}

function outOfBounds(key: Key | undefined, read: Operation, low: string, high: string): Anomaly {
  const possible = low === high ? `only ${low} was possible` : `only ${low} to ${high} were possible`
  return {
    type: read.final ? 'counter-wrong-final' : 'counter-out-of-bounds',
    sentence: `Process ${read.process} read ${showValue(read.output)}${ofKey(key)}, but ${possible}.`,
    ...(key === undefined ? {} : {key}),
    witness: witnessOf(read),
    why: [
      `Acknowledged increments before it began and every decrement attempted before it ended make ${low} the least;`,
      `increments attempted before it ended and acknowledged decrements before it began make ${high} the most.`,
    ],
    detail: {low, high, read: showValue(read.output)},
  }
}

function wrongFinal(
  key: Key | undefined,
  read: Operation,
  sum: string,
  unsettled: readonly Change[],
  scale: Scale,
): Anomaly {
  const amounts = unsettled.map(({amount}) => scale.show(amount))
  const doubt =
    amounts.length === 0
      ? 'and nothing was left in doubt'
      : `and no subset of the ${counted(amounts.length, 'unknown operation')} (${amounts.slice(0, 8).join(', ')}${amounts.length > 8 ? ', …' : ''}) makes up the difference`
  return {
    type: 'counter-wrong-final',
    sentence: `The final read${ofKey(key)} on ${read.node ?? `process ${read.process}`} is ${showValue(read.output)}, but acknowledged amounts add up to ${sum}, ${doubt}.`,
    ...(key === undefined ? {} : {key}),
    witness: witnessOf(...unsettled.slice(0, 16).map(({operation}) => operation), read),
    detail: {read: showValue(read.output), acknowledged: sum, unsettled: amounts},
  }
}
