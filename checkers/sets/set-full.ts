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
 * Proves: acknowledged elements stay, removed ones go. Cannot see: orders between elements, nor, where elements are removed, two
 * reads that each could be right but contradict each other (both are for the linearizability checker's model `set`). This is Jepsen's set-full with
 * removes, and with duplicates really found; `set.ts` is its `set`. Time is proportional to the size of the reads.
 */

import type {Checker} from '../../core/checker.ts'
import type {Key, Operation} from '../../core/op.ts'
import {counted} from '../../core/quantities.ts'
import type {Sequence} from '../../core/sequence.ts'
import {elementsOf, type ValueKey, valueKey} from '../../core/value.ts'
import {endIndex, verdictOf} from '../findings/finding.ts'
import {wrongAnswer} from '../findings/wrong-shape.ts'
import {Census} from './census.ts'
import {Element} from './element.ts'
import {duplicate, intrusion, type Rules, settle} from './element-anomalies.ts'

export interface SetFullOptions {
  /** Which reads are judged. Linearizable by default. */
  readonly claim?: 'linearizable' | 'eventual'
  /** For eventual sets: which adds a remove is sure to have seen. `session` by default. */
  readonly removesSee?: 'session' | 'everything'
  /** What was acknowledged may be lost: only elements that nobody added, or that are there twice, are wrong. */
  readonly lossy?: boolean
}

/** What a loss explains. */
const LOSSES: readonly string[] = ['lost-element', 'stale-read', 'resurrected-element']

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
        anomalies: options.lossy ? census.anomalies.filter(({type}) => !LOSSES.includes(type)) : census.anomalies,
        reason: census.reason(eventual),
        measures: census.measures(),
      })
    },
  }
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
      element.noteSeen(read)
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
