/**
 * Sets, element by element: what became of everything that was added or removed.
 *
 * Definition. `add` and `remove` take an element; `read` returns all. Order is that of the record: one operation is before
 * another when it returned before the other was invoked. In a read R, for each element:
 *  - *lost-element*: it must be there (an add, acknowledged or seen by an earlier read, is before R, and no remove that may
 *    have happened could come between them), but it is not there, now or in any later read;
 *  - *stale-read*: it must be there, is not, and is seen again later (linearizable sets only);
 *  - *resurrected-element*: it must be gone (an acknowledged remove is before R, and no add could come between), but is there;
 *  - *unexpected-element*: nobody tried to add it before R returned, or only adds that failed;
 *  - *duplicate-element*: it is there twice.
 * *Linearizable* sets are judged on every read, *eventual* ones on the last final read of each node alone. There, a remove binds only if it
 * can have seen the add: the remover's own process had added it or had read it (`removesSee: 'session'`), or, where the
 * target fails the remove of an element that it does not know, always (`removesSee: 'everything'`).
 *
 * Proves: acknowledged elements stay, removed ones go. Cannot see: orders between elements (two reads that contradict each
 * other are for the linearizability checker). This is Jepsen's set-full with removes, and with duplicates really found.
 */
import type {Checker} from '../core/checker.ts'
import type {Key, Operation} from '../core/op.ts'
import type {Sequence} from '../core/sequence.ts'
import {elementsOf, showValue, type ValueKey, valueKey} from '../core/value.ts'
import type {Anomaly} from '../core/verdict.ts'
import {counted, endIndex, ofKey, verdictOf, witnessOf} from './finding.ts'

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
  stable = 0
  neverRead = 0
  /** How long after it was known each element was last missing from a read, ns; only where it was. */
  readonly staleForNs: number[] = []

  reason(eventual: boolean): string | undefined {
    if (this.reads === 0) return eventual ? 'No final read succeeded.' : 'No read succeeded.'
    if (this.acknowledged === 0) return 'No element was ever added.'
    return undefined
  }

  measures(): Record<string, number> {
    const stale = this.staleForNs.sort((left, right) => left - right)
    const last = stale.at(-1)
    return {
      elements: this.elements,
      stable: this.stable,
      neverRead: this.neverRead,
      stale: stale.length,
      ...(last === undefined ? {} : {staleP50Ms: (stale[stale.length >> 1] as number) / 1e6, staleMaxMs: last / 1e6}),
    }
  }
}

/** Everything known of one element. */
interface Element {
  readonly value: unknown
  readonly adds: Operation[]
  readonly removes: Operation[]
  /** The first read that returned with it. */
  seen: Operation | undefined
  /** The last read, by invocation, that has it; and the last that has not although it should. */
  present: Operation | undefined
  missing: Operation | undefined
  /** The anomaly to report for `missing`, should it not come back. */
  mark: number
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
    if (element === undefined) {
      const none = {seen: undefined, present: undefined, missing: undefined}
      elements.set(id, (element = {value, adds: [], removes: [], ...none, mark: -1}))
    }
    return element
  }
  const reads: {readonly read: Operation; readonly items: readonly unknown[]}[] = []
  for (const operation of operations) {
    if (operation.f === 'add') elementOf(operation.input).adds.push(operation)
    else if (operation.f === 'remove') elementOf(operation.input).removes.push(operation)
    else if (operation.f === 'read' && operation.outcome === 'ok') {
      const items = elementsOf(operation.output)
      if (items === undefined) census.anomalies.push(notASet(key, operation))
      else reads.push({read: operation, items})
    }
  }

  // When each element was first seen, over all reads, before any is judged: an add that was seen did happen.
  for (const {read, items} of reads) {
    for (const item of items) {
      const element = elementOf(item)
      if (element.seen === undefined || endIndex(read) < endIndex(element.seen)) element.seen = read
    }
  }
  const acknowledged = [...elements.values()].filter((element) => element.adds.some(({outcome}) => outcome === 'ok'))
  census.elements += elements.size
  census.acknowledged += acknowledged.length

  const judgedReads = new Set(
    rules.eventual ? lastFinalReads(reads.map(({read}) => read)) : reads.map(({read}) => read),
  )
  const inOrder = [...elements.values()]
    .filter(({adds}) => adds.length > 0)
    .sort((left, right) => (left.adds[0] as Operation).invoke.index - (right.adds[0] as Operation).invoke.index)

  reads.forEach(({read, items}, turn) => {
    const judged = judgedReads.has(read)
    if (judged) census.reads++
    const twice = new Set<Element>()
    for (const item of items) {
      const element = elementOf(item)
      if (element.mark === turn) {
        if (!twice.has(element)) census.anomalies.push(duplicate(key, element, read, items))
        twice.add(element)
        continue
      }
      element.mark = turn
      element.present = read
      const intruder = intrusion(key, element, read, rules, judged)
      if (intruder !== undefined) census.anomalies.push(intruder)
    }
    if (!judged) return
    for (const element of inOrder) {
      if ((element.adds[0] as Operation).invoke.index > read.invoke.index) break
      if (element.mark !== turn && mustBeIn(element, read, rules) !== undefined) element.missing = read
    }
  })

  for (const element of elements.values()) settle(key, element, rules, census)
}

/** The last final read on each node; reads whose node is not known count by process. */
function lastFinalReads(reads: Sequence<Operation>): Operation[] {
  const last = new Map<string | number, Operation>()
  for (const read of reads) if (read.final) last.set(read.node ?? read.process, read)
  return [...last.values()]
}

/** The add that makes this element a must in this read; undefined where it may be absent. */
function mustBeIn(element: Element, read: Operation, rules: Rules): Operation | undefined {
  const start = read.invoke.index
  for (const add of element.adds) {
    const seen = element.seen !== undefined && add.outcome === 'info' && element.adds.length === 1
    const known =
      add.outcome === 'ok' ? endIndex(add) : seen ? endIndex(element.seen as Operation) : Number.POSITIVE_INFINITY
    if (known >= start) continue
    const removable = element.removes.some(
      (remove) =>
        remove.outcome !== 'fail' &&
        (rules.eventual || remove.invoke.index < endIndex(read)) &&
        endIndex(remove) > add.invoke.index,
    )
    if (!removable) return add
  }
  return undefined
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
  const possible = element.adds.filter((add) => add.outcome !== 'fail' && add.invoke.index < end)
  if (possible.length === 0) {
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
  if (!judged) return undefined
  const remove = element.removes.find(
    (candidate) =>
      candidate.outcome === 'ok' &&
      endIndex(candidate) < read.invoke.index &&
      possible.every((add) => endIndex(add) < candidate.invoke.index && sees(candidate, add, element, rules)),
  )
  if (remove === undefined) return undefined
  const told = `${who(read)} ${showValue(element.value)}${ofKey(key)}, although its removal was acknowledged before and it was not added again.`
  return anomaly('resurrected-element', key, [...possible.slice(0, 4), remove, read], told)
}

/** Whether a remove that came after an add is sure to have removed what that add put there. */
function sees(remove: Operation, add: Operation, element: Element, rules: Rules): boolean {
  if (rules.everything || remove.process === add.process) return true
  const {seen} = element
  return seen !== undefined && seen.process === remove.process && endIndex(seen) < remove.invoke.index
}

/** The last word on one element: stable, lost, stale or never read. */
function settle(key: Key | undefined, element: Element, rules: Rules, census: Census): void {
  const {missing, present} = element
  const add = element.adds.find(({outcome}) => outcome === 'ok')
  if (missing === undefined) {
    if (present !== undefined) census.stable++
    else if (add !== undefined && element.removes.length === 0) census.neverRead++
    return
  }
  const proof = mustBeIn(element, missing, rules) as Operation
  const by = proof.outcome === 'ok' ? undefined : element.seen
  const back = present !== undefined && present.invoke.index > missing.invoke.index
  const fact = proof.outcome === 'ok' ? 'was acknowledged' : 'had been seen'
  const named = `${showValue(element.value)}${ofKey(key)}`
  if (back) {
    census.stable++
    census.staleForNs.push(Math.max(0, missing.startNs - (by ?? proof).endNs))
    const told = `${who(missing, 'missed')} ${named}, which ${fact} before; a later read has it.`
    const type = rules.eventual ? 'lost-element' : 'stale-read'
    census.anomalies.push(anomaly(type, key, [proof, by, missing, present], told))
    return
  }
  const told = `Element ${named} ${fact}, but ${missing.final ? 'the final read' : 'a later read'} ${on(missing)} misses it, and no later read has it.`
  census.anomalies.push(anomaly('lost-element', key, [proof, by, missing], told))
}

function duplicate(key: Key | undefined, element: Element, read: Operation, items: readonly unknown[]): Anomaly {
  const times = items.filter((item) => valueKey(item) === valueKey(element.value)).length
  const told = `${who(read)} ${showValue(element.value)}${ofKey(key)} ${times} times in one answer.`
  return anomaly('duplicate-element', key, [element.adds[0], read], told)
}

function notASet(key: Key | undefined, read: Operation): Anomaly {
  return anomaly(
    'unexpected-element',
    key,
    [read],
    `${who(read)} ${showValue(read.output)}${ofKey(key)}, which is no set.`,
  )
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
