/**
 * Sets, element by element: what became of everything that was added or removed.
 *
 *     0  |add 1|  |read []|                 1 was acknowledged, and is gone: lost (stale, should a later read have it)
 *     1                      |read [2 2]|   2 is there although nobody added it, and twice
 *
 * Definition. `add` and `remove` take an element; `read` returns all. Order is that of the record: one operation is before
 * another when it returned before the other was invoked. In a read R, for each element:
 *  - *lost-element*: it must be there (an add, acknowledged or seen by an earlier read, is before R, and no remove that may
 *    have happened could come between them), but it is not there, now or in any later read;
 *  - *stale-read*: it must be there, is not, and is seen again later (linearizable sets only);
 *  - *resurrected-element*: it must be gone (an acknowledged remove is before R, and no add could come between), but is there;
 *  - *unexpected-element*: nobody tried to add it before R returned, or only adds that failed;
 *  - *duplicate-element*: it is there twice; *reply-mismatch*: R returned something that is no set at all.
 * An element that no read ever had, nor should have had, is *never read*: counted only. How long elements stayed missing after
 * they were known is measured over all reads, as quantiles.
 * *Linearizable* sets are judged on every read, *eventual* ones on the last final read of each node alone. There, a remove
 * binds only if it can have seen the add: the remover's own process had added it, or had read it when there was only one
 * add (`removesSee: 'session'`), or, where the target fails the remove of an element that it does not know, always
 * (`removesSee: 'everything'`).
 *
 * Proves: acknowledged elements stay, removed ones go. Cannot see: orders between elements, nor two reads that each could be
 * right but contradict each other (both are for the linearizability checker's model `set`). This is Jepsen's set-full with
 * removes, and with duplicates really found; `set.ts` is its `set`. Time is proportional to the size of the reads.
 */
import type {Checker} from '../../core/checker.ts'
import type {Key, Operation, ProcessId} from '../../core/op.ts'
import type {Sequence} from '../../core/sequence.ts'
import {elementsOf, showValue, type ValueKey, valueKey} from '../../core/value.ts'
import type {Anomaly} from '../../core/verdict.ts'
import {counted, endIndex, firstPlace, ofKey, verdictOf, witnessOf} from '../findings/finding.ts'
import {wrongAnswer} from '../findings/wrong-shape.ts'
import {quantile, roundMs} from '../liveness/latency.ts'

export interface SetFullOptions {
  /** Which reads are judged. Linearizable by default. */
  readonly claim?: 'linearizable' | 'eventual'
  /** For eventual sets: which adds a remove is sure to have seen. `session` by default. */
  readonly removesSee?: 'session' | 'everything'
}

export function setFull(options: SetFullOptions = {}): Checker {
  const eventual = options.claim === 'eventual'
  const everything = !eventual || options.removesSee === 'everything'
  return {
    name: 'set-full',
    description: 'no element of a set is lost, duplicated, resurrected or made up',
    check(history) {
      const census = new Census()
      const keys = [...history.byKey()]
      for (const [key, operations] of keys) judgeSet(key, operations, {eventual, everything}, census)
      return verdictOf({
        checker: 'set-full',
        property: 'no lost elements',
        kind: 'safety',
        summary: `${counted(keys.length, 'set')}, ${counted(census.elements, 'element')}, ${counted(census.reads, 'read')} judged`,
        anomalies: census.anomalies,
        reason: census.reason(eventual),
        measures: census.measures(),
      })
    },
  }
}

/** What was counted over all sets. */
class Census {
  readonly anomalies: Anomaly[] = []
  elements = 0
  reads = 0
  acknowledged = 0
  /** Whether some read that is judged came after an acknowledged add. */
  tested = false
  stable = 0
  neverRead = 0
  /** How long after it was known each element was last missing from a read, ns; only where it was. */
  readonly staleForNs: number[] = []

  reason(eventual: boolean): string | undefined {
    if (this.reads === 0) return eventual ? 'No final read succeeded.' : 'No read succeeded.'
    if (this.acknowledged === 0) return 'No element was ever added.'
    return this.tested ? undefined : 'No read came after an add had been acknowledged.'
  }

  measures(): Record<string, number> {
    const stale = Float64Array.from(this.staleForNs).sort()
    const at = (share: number) => roundMs(quantile(stale, share) / 1e6)
    return {
      elements: this.elements,
      stable: this.stable,
      neverRead: this.neverRead,
      stale: stale.length,
      ...(stale.length === 0
        ? {}
        : {staleP50Ms: at(0.5), staleP95Ms: at(0.95), staleP99Ms: at(0.99), staleMaxMs: at(1)}),
    }
  }
}

/** Everything known of one element. */
class Element {
  readonly value: unknown
  readonly adds: Operation[] = []
  readonly removes: Operation[] = []
  /** The read that returned first with it. */
  seen: Operation | undefined
  /** Turns of the reads that have it, as stretches: first and last of one, first and last of the next, … */
  readonly stretches: number[] = []
  /** When each process had first read it; kept only where removes bind by session. */
  readers: Map<ProcessId, number> | undefined
  #possible: PrefixMax | undefined
  #removed: PrefixMax | undefined

  constructor(value: unknown) {
    this.value = value
  }

  /** Takes note that the read of this turn has it; false where that is known already. */
  note(turn: number): boolean {
    const {stretches} = this
    const last = stretches.length - 1
    if (last >= 0 && stretches[last] === turn) return false
    if (last >= 0 && stretches[last] === turn - 1) stretches[last] = turn
    else stretches.push(turn, turn)
    return true
  }

  /** Adds that may have happened, by invocation, with the latest return so far. */
  get possible(): PrefixMax {
    this.#possible ??= new PrefixMax(
      this.adds.filter(({outcome}) => outcome !== 'fail'),
      ({invoke}) => invoke.index,
      endIndex,
    )
    return this.#possible
  }

  /** Acknowledged removes, by return, with the latest invocation so far. */
  get removed(): PrefixMax {
    this.#removed ??= new PrefixMax(
      this.removes.filter(({outcome}) => outcome === 'ok').sort((left, right) => endIndex(left) - endIndex(right)),
      endIndex,
      ({invoke}) => invoke.index,
    )
    return this.#removed
  }
}

/** Operations in order of one index, with the greatest of another among the first so many. */
class PrefixMax {
  readonly operations: Sequence<Operation>
  readonly #orders: readonly number[]
  readonly #greatest: readonly number[]

  constructor(
    operations: Sequence<Operation>,
    order: (operation: Operation) => number,
    value: (operation: Operation) => number,
  ) {
    this.operations = operations
    this.#orders = operations.map(order)
    // Positions of the greatest value.
    const greatest: number[] = []
    const values = operations.map(value)
    for (const [i, own] of values.entries()) {
      const before = greatest[i - 1]
      greatest.push(before !== undefined && (values[before] as number) >= own ? before : i)
    }
    this.#greatest = greatest
  }

  /** How many are before an index. */
  before(index: number): number {
    return firstPlace(this.#orders.length, (place) => (this.#orders[place] as number) >= index)
  }

  /** The one with the greatest value among those before an index. */
  greatest(index: number): Operation | undefined {
    const count = this.before(index)
    return count === 0 ? undefined : this.operations.at(this.#greatest[count - 1] as number)
  }
}

interface Rules {
  readonly eventual: boolean
  readonly everything: boolean
}

function judgeSet(key: Key | undefined, operations: Sequence<Operation>, rules: Rules, census: Census): void {
  const elements = new Map<ValueKey, Element>()
  const elementOf = (value: unknown): Element => {
    const id = valueKey(value)
    let element = elements.get(id)
    if (element === undefined) elements.set(id, (element = new Element(value)))
    return element
  }
  const reads: Operation[] = []
  const contents: (readonly Element[])[] = []
  for (const operation of operations) {
    if (operation.f === 'add') elementOf(operation.input).adds.push(operation)
    else if (operation.f === 'remove') elementOf(operation.input).removes.push(operation)
    else if (operation.f === 'read' && operation.outcome === 'ok') {
      const items = elementsOf(operation.output)
      if (items === undefined) census.anomalies.push(wrongAnswer(operation, 'a set'))
      else {
        reads.push(operation)
        contents.push(items.map(elementOf))
      }
    }
  }

  // When each element was first seen, over all reads, before any is judged: an add that was seen did happen.
  for (const [turn, read] of reads.entries()) {
    for (const element of contents[turn] as readonly Element[]) {
      if (element.seen === undefined || endIndex(read) < endIndex(element.seen)) element.seen = read
      if (rules.everything || element.removes.length === 0) continue
      element.readers ??= new Map()
      const first = element.readers.get(read.process) ?? Number.POSITIVE_INFINITY
      element.readers.set(read.process, Math.min(first, endIndex(read)))
    }
  }
  census.elements += elements.size
  const firstKnown = tallyAcknowledged(elements.values(), census)

  const judged = rules.eventual ? lastFinalReads(reads) : undefined
  for (const [turn, read] of reads.entries()) {
    const own = judged === undefined || judged.has(read)
    if (own) census.reads++
    if (own && firstKnown < read.invoke.index) census.tested = true
    const twice = new Set<Element>()
    for (const element of contents[turn] as readonly Element[]) {
      if (!element.note(turn)) {
        if (!twice.has(element)) {
          census.anomalies.push(duplicate(key, element, read, contents[turn] as readonly Element[]))
        }
        twice.add(element)
        continue
      }
      const intruder = intrusion(key, element, read, rules, own)
      if (intruder !== undefined) census.anomalies.push(intruder)
    }
  }

  const finals = judged === undefined ? undefined : reads.flatMap((read, turn) => (judged.has(read) ? [turn] : []))
  for (const element of elements.values()) settle(key, element, reads, finals, census)
}

/** Counts elements with an acknowledged add; when the first of those adds returned. */
function tallyAcknowledged(elements: Iterable<Element>, census: Census): number {
  let first = Number.POSITIVE_INFINITY
  for (const {adds} of elements) {
    let acknowledged = false
    for (const add of adds) {
      if (add.outcome !== 'ok') continue
      acknowledged = true
      first = Math.min(first, endIndex(add))
    }
    if (acknowledged) census.acknowledged++
  }
  return first
}

/** The last final read on each node; reads whose node is not known count by process. */
function lastFinalReads(reads: Sequence<Operation>): Set<Operation> {
  const last = new Map<string | number, Operation>()
  for (const read of reads) if (read.final) last.set(read.node ?? read.process, read)
  return new Set(last.values())
}

/** Why this element should not be in this read, if it should not. */
function intrusion(
  key: Key | undefined,
  element: Element,
  read: Operation,
  rules: Rules,
  judged: boolean,
): Anomaly | undefined {
  const end = endIndex(read)
  const {possible, removed} = element
  const latest = possible.greatest(end)
  if (latest === undefined) {
    const failed = element.adds.find((add) => add.outcome === 'fail' && add.invoke.index < end)
    const early = element.adds[0]
    const why =
      failed !== undefined
        ? 'whose add had failed'
        : early !== undefined
          ? 'before anybody added it'
          : 'which nobody added'
    return anomaly(
      'unexpected-element',
      key,
      [failed ?? early, read],
      `${who(read)} ${showValue(element.value)}${ofKey(key)}, ${why}.`,
    )
  }
  if (!judged || removed.operations.length === 0) return undefined
  const remove = rules.everything ? removed.greatest(read.invoke.index) : sightedRemove(element, read, latest)
  if (remove === undefined || endIndex(latest) >= remove.invoke.index) return undefined
  const told = `${who(read)} ${showValue(element.value)}${ofKey(key)}, although its removal was acknowledged before and it was not added again.`
  return anomaly('resurrected-element', key, [latest, remove, read], told)
}

/** An acknowledged remove, before this read, that is sure to have removed what every add before it had put there. */
function sightedRemove({possible, removed, readers}: Element, read: Operation, latest: Operation) {
  const adds = possible.operations.slice(0, possible.before(endIndex(read)))
  const adders = new Set(adds.map(({process}) => process))
  return removed.operations
    .slice(0, removed.before(read.invoke.index))
    .find(
      ({process, invoke}) =>
        invoke.index > endIndex(latest) &&
        ((adders.size === 1 && adders.has(process)) ||
          (adds.length === 1 && (readers?.get(process) ?? Number.POSITIVE_INFINITY) < invoke.index)),
    )
}

/** A read that misses an element, and the add that makes it a must there. */
interface Gap {
  readonly turn: number
  readonly add: Operation
  /** The index by which the add was known to have happened. */
  readonly known: number
}

/**
 * The last read, by invocation, that should have this element and has not. Reads between what makes an add known and the
 * first remove that may have undone it must have it; stretches of reads that do are skipped in one step.
 */
function lastGap(element: Element, reads: Sequence<Operation>): Gap | undefined {
  const {adds, stretches} = element
  const undone = undoing(element)
  let last: Gap | undefined
  for (const add of adds) {
    const known = knownBy(element, add)
    if (known === Number.POSITIVE_INFINITY) continue
    const limit = undone(add.invoke.index)
    let turn = firstPlace(reads.length, (place) => (reads.at(place) as Operation).invoke.index >= limit) - 1
    let stretch = 2 * firstPlace(stretches.length / 2, (place) => (stretches[2 * place] as number) > turn) - 2
    for (; turn >= 0 && turn > (last?.turn ?? -1); turn--) {
      const read = reads.at(turn) as Operation
      if (read.invoke.index <= known) break
      if (stretch >= 0 && turn <= (stretches[stretch + 1] as number)) {
        turn = stretches[stretch] as number
        stretch -= 2
      } else if (endIndex(read) < limit) {
        last = {turn, add, known}
      }
    }
  }
  return last
}

/** For each add: when the first remove was invoked that may have come after it. */
function undoing({removes}: Element): (addInvoke: number) => number {
  const possible = removes.filter(({outcome}) => outcome !== 'fail')
  if (possible.length === 0) return () => Number.POSITIVE_INFINITY
  possible.sort((left, right) => endIndex(left) - endIndex(right))
  const earliest: number[] = new Array(possible.length + 1).fill(Number.POSITIVE_INFINITY)
  for (let i = possible.length - 1; i >= 0; i--) {
    earliest[i] = Math.min((possible[i] as Operation).invoke.index, earliest[i + 1] as number)
  }
  return (addInvoke) =>
    earliest[firstPlace(possible.length, (place) => endIndex(possible[place] as Operation) > addInvoke)] as number
}

/** By when an add is known to have happened: its return, or the return of a read that can only have seen this add. */
function knownBy(element: Element, add: Operation): number {
  if (add.outcome === 'ok') return endIndex(add)
  const only = add.outcome === 'info' && element.possible.operations.length === 1
  return only && element.seen !== undefined ? endIndex(element.seen) : Number.POSITIVE_INFINITY
}

/** The last final read that should have this element and has not; any remove that may have come after the add excuses it. */
function lastFinalGap(element: Element, reads: Sequence<Operation>, finals: readonly number[]): Gap | undefined {
  const undone = undoing(element)
  const binding = element.adds.filter((add) => undone(add.invoke.index) === Number.POSITIVE_INFINITY)
  const {stretches} = element
  for (const turn of finals.toReversed()) {
    const place = 2 * firstPlace(stretches.length / 2, (at) => (stretches[2 * at] as number) > turn) - 2
    if (place >= 0 && turn <= (stretches[place + 1] as number)) continue
    const {index} = (reads.at(turn) as Operation).invoke
    const add = binding.find((candidate) => knownBy(element, candidate) < index)
    if (add !== undefined) return {turn, add, known: knownBy(element, add)}
  }
  return undefined
}

/** The last word on one element: stable, lost, stale or never read. */
function settle(
  key: Key | undefined,
  element: Element,
  reads: Sequence<Operation>,
  finals: readonly number[] | undefined,
  census: Census,
): void {
  const {stretches, adds, removes} = element
  const present = stretches.at(-1) ?? -1
  const gap = lastGap(element, reads)
  if (gap !== undefined && present > gap.turn) {
    const by = gap.add.outcome === 'ok' ? gap.add : (element.seen as Operation)
    census.staleForNs.push(Math.max(0, (reads.at(gap.turn) as Operation).startNs - by.endNs))
  }
  const broken = finals === undefined ? gap : lastFinalGap(element, reads, finals)
  if (broken === undefined) {
    if (present >= 0) census.stable++
    else if (removes.length === 0 && adds.some(({outcome}) => outcome === 'ok')) census.neverRead++
    return
  }
  const {add} = broken
  const missing = reads.at(broken.turn) as Operation
  const by = add.outcome === 'ok' ? undefined : element.seen
  const fact = add.outcome === 'ok' ? 'was acknowledged' : 'had been seen'
  const named = `${showValue(element.value)}${ofKey(key)}`
  if (present > broken.turn) {
    census.stable++
    const told = `${who(missing, 'missed')} ${named}, which ${fact} before; a later read has it.`
    const type = finals === undefined ? 'stale-read' : 'lost-element'
    census.anomalies.push(anomaly(type, key, [add, by, missing, reads.at(present)], told))
    return
  }
  const told = `Element ${named} ${fact}, but ${missing.final ? 'the final read' : 'a later read'} ${on(missing)} misses it, and no later read has it.`
  census.anomalies.push(anomaly('lost-element', key, [add, by, missing], told))
}

function duplicate(key: Key | undefined, element: Element, read: Operation, items: readonly Element[]): Anomaly {
  const times = items.filter((item) => item === element).length
  const told = `${who(read)} ${showValue(element.value)}${ofKey(key)} ${times} times in one answer.`
  return anomaly('duplicate-element', key, [element.adds[0], read], told)
}

function anomaly(
  type: string,
  key: Key | undefined,
  operations: readonly (Operation | undefined)[],
  sentence: string,
): Anomaly {
  return {type, sentence, ...(key === undefined ? {} : {key}), witness: witnessOf(...operations)}
}

function who(read: Operation, verb = 'read'): string {
  return `Process ${read.process} ${verb}`
}

function on(read: Operation): string {
  return `on ${read.node ?? `process ${read.process}`}`
}
