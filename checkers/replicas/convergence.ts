/**
 * Convergence: after everything healed and came to rest, all nodes answer alike.
 *
 *     0@n1  |write 1|  |read! 1|
 *     1@n2             |read! nil|     n2 never heard of it: diverged
 *
 * Definition. For each key, take the last successful *final* read on each node; all must return the same value (*diverged*).
 * With `writes` given, that value must also be accounted for: it was written (*unexpected-value*) by an operation that did not
 * certainly fail (*failed-write-visible*), and it is not the initial `null` once some write was acknowledged (*lost-write*).
 *
 * Proves: eventual delivery, as far as the quiet time before the final reads allowed for it. Cannot see: what was read
 * before (a store that answers anything and then settles converges), nor that the *right* write won; last-writer-wins may
 * drop acknowledged writes in favour of later ones by design. Vogels 2009; Shapiro et al. 2011 for "strong eventual".
 */

import type {Checker} from '../../core/checker.ts'
import type {History} from '../../core/history.ts'
import type {Key, Operation} from '../../core/op.ts'
import {counted} from '../../core/quantities.ts'
import type {Sequence} from '../../core/sequence.ts'
import {elementsOf, showValue, type ValueKey, valueKey} from '../../core/value.ts'
import type {Anomaly} from '../../core/verdict.ts'
import {ofKey, verdictOf, witnessOf} from '../findings/finding.ts'
import {swapOf} from '../findings/wrong-shape.ts'

export interface ConvergenceOptions {
  /** Values are collections whose order says nothing (sets); repeats still count. */
  readonly unordered?: boolean
  /** Functions whose input (for `cas`: its second half) may be the final value of a register. None: any value will do. */
  readonly writes?: readonly string[]
  /** Every one of these must have answered a final read of every key; otherwise the verdict is unknown. */
  readonly nodes?: readonly string[]
  /** Whether what was acknowledged may be lost: then there is no *lost-write*. */
  readonly lossy?: boolean
}

export function convergence(options: ConvergenceOptions = {}): Checker {
  const {unordered = false, writes = [], nodes = [], lossy = false} = options
  return {
    name: 'convergence',
    description: 'after healing and quiescence, final reads of all nodes agree on every key',
    check(history) {
      const anomalies: Anomaly[] = []
      const missing: string[] = []
      let reads = 0
      const keys = [...history.byKey()]
      for (const [key, operations] of keys) {
        const final = lastReads(operations)
        reads += final.size
        for (const node of nodes) if (!final.has(node)) missing.push(`${node} answered no final read${ofKey(key)}`)
        if (nodes.length === 0 && final.size === 0) missing.push(`nobody answered a final read${ofKey(key)}`)
        const split = divergence(key, [...final.values()], unordered)
        if (split !== undefined) anomalies.push(split)
        if (writes.length === 0) continue
        const odd = unaccounted(key, operations, [...final.values()], writes)
        anomalies.push(...odd.filter(({type}) => !lossy || type !== 'lost-write'))
      }
      const reason = unread(history, missing)
      return verdictOf({
        checker: 'convergence',
        property: 'all nodes converge',
        kind: 'safety',
        summary: `${counted(keys.length, 'key')}, ${counted(reads, 'final read')}`,
        anomalies,
        reason,
      })
    },
  }
}

function unread(history: History, missing: readonly string[]): string | undefined {
  if (history.operations.length === 0) return 'There are no operations.'
  if (missing.length === 0) return undefined
  return `${missing.slice(0, 3).join('; ')}${missing.length > 3 ? `; and ${missing.length - 3} more` : ''}.`
}

/** The last successful final read on each node; reads whose node is not known count by process. */
function lastReads(operations: Sequence<Operation>): Map<string, Operation> {
  const last = new Map<string, Operation>()
  for (const operation of operations) {
    if (operation.final && operation.f === 'read' && operation.outcome === 'ok') {
      last.set(operation.node ?? `process ${operation.process}`, operation)
    }
  }
  return last
}

function divergence(key: Key | undefined, reads: Sequence<Operation>, unordered: boolean): Anomaly | undefined {
  const camps = new Map<ValueKey, Operation[]>()
  for (const read of reads) {
    const elements = unordered ? elementsOf(read.output) : undefined
    const answer =
      elements === undefined
        ? valueKey(read.output)
        : // As a list in some order that depends on the elements alone; 1 and "1" are told apart.
          valueKey(elements.map((element) => [typeof element, String(valueKey(element))].join()).sort())
    const camp = camps.get(answer)
    if (camp === undefined) camps.set(answer, [read])
    else camp.push(read)
  }
  if (camps.size < 2) return undefined
  const sides = [...camps.values()].sort((left, right) => right.length - left.length)
  const reported = sides.map((side) => `${side.map(reader).join(' ')} read ${showValue((side[0] as Operation).output)}`)
  return {
    type: 'diverged',
    sentence: `After everything healed, the nodes disagree${key === undefined ? '' : ` on ${key}`}: ${reported.slice(0, 4).join(', but ')}.`,
    ...(key === undefined ? {} : {key}),
    witness: witnessOf(...sides.map((side) => side[0])),
    why: [
      'These are the last reads of each node, after all faults had ended and the cluster had come to rest.',
      ...(rounded(sides.map((side) => (side[0] as Operation).output)) ? [ROUNDED] : []),
    ],
    detail: sides.map((side) => ({nodes: side.map(reader), value: (side[0] as Operation).output})),
  }
}

/**
 * Seen with the counter of Loro 1.17.1 (findings/loro-counter-order.sh). It stays an anomaly: equal updates must give equal states.
 */
const ROUNDED =
  'The numbers differ by rounding alone: a sum of floating-point numbers depends on the order in which the updates arrived.'

/** Whether all are numbers, not all of them whole, that lie within one part in 10^9 of each other. */
function rounded(answers: readonly unknown[]): boolean {
  const numbers = answers.filter((answer) => typeof answer === 'number')
  if (numbers.length < answers.length || numbers.every(Number.isInteger)) return false
  const largest = Math.max(...numbers.map(Math.abs))
  return Math.max(...numbers) - Math.min(...numbers) <= largest * 1e-9
}

function reader(read: Operation): string {
  return read.node ?? `process ${read.process}`
}

/** Final values that no write explains. */
function unaccounted(
  key: Key | undefined,
  operations: Sequence<Operation>,
  finalReads: Sequence<Operation>,
  writes: readonly string[],
): Anomaly[] {
  const written = new Map<ValueKey, Operation>()
  let acknowledged: Operation | undefined
  for (const operation of operations) {
    if (!writes.includes(operation.f)) continue
    const value = operation.f === 'cas' ? swapOf(operation)[1] : operation.input
    const known = written.get(valueKey(value))
    if (known === undefined || known.outcome === 'fail') written.set(valueKey(value), operation)
    if (operation.outcome === 'ok') acknowledged = operation
  }
  const anomalies: Anomaly[] = []
  const reported = new Set<ValueKey>()
  for (const read of finalReads) {
    const answer = valueKey(read.output)
    if (reported.has(answer)) continue
    reported.add(answer)
    const writer = written.get(answer)
    const common = {...(key === undefined ? {} : {key}), witness: witnessOf(writer ?? acknowledged, read)}
    if (answer === null && writer === undefined) {
      if (acknowledged === undefined) continue
      const sentence = `${reader(read)} ended with nothing${ofKey(key)}, although ${acknowledged.f} ${showValue(acknowledged.input)} was acknowledged.`
      anomalies.push({type: 'lost-write', sentence, ...common})
    } else if (writer === undefined) {
      const sentence = `${reader(read)} ended with ${showValue(read.output)}${ofKey(key)}, which nobody wrote.`
      anomalies.push({type: 'unexpected-value', sentence, ...common, witness: witnessOf(read)})
    } else if (writer.outcome === 'fail') {
      const sentence = `${reader(read)} ended with ${showValue(read.output)}${ofKey(key)}, whose ${writer.f} had failed.`
      anomalies.push({type: 'failed-write-visible', sentence, ...common})
    }
  }
  return anomalies
}
