/**
 * Strong eventual consistency: replicas that have seen the same updates are in the same state, and no replica ever forgets one.
 *
 *     0@n1  |add 1|  |read [1]|  |read []|      n1 forgot 1, which nobody removed
 *
 * Definition (Shapiro et al. 2011), as far as clients can see it: (1) final reads of all nodes agree (*diverged*, see
 * `convergence.ts`); (2) nothing is read that nobody put in (*unexpected-element*; for registers *phantom-read* and
 * *failed-write-visible*); (3) a replica only moves forward (*state-went-back*). For sets (`add`, `remove`, `read`): what a
 * process once read stays in its later reads, unless somebody tried to remove it. For last-writer-wins registers (`read`,
 * `write`, `cas`; unique values): there is one order of all writes such that every process reads values in that order, never
 * going back. Anything else, such as counters, is judged by (1) alone and then *unknown*.
 *
 * Proves, where it convicts: a merge that is not a join, or a replica that lost state. Cannot see: which updates a replica had
 * seen, so two equal histories with different states in between pass. Processes must stay with their node (they are pinned in
 * our runs): a client that fails over to another replica may see less. Throws UsageError where registers repeat a value.
 */
import type {Checker} from '../../core/checker.ts'
import type {Key, Operation} from '../../core/op.ts'
import type {Sequence} from '../../core/sequence.ts'
import {elementsOf, showValue, type ValueKey, valueKey} from '../../core/value.ts'
import {type Anomaly, mergeValidity} from '../../core/verdict.ts'
import {endIndex, ofKey, verdictOf, witnessOf} from '../findings/finding.ts'
import {wrongAnswer} from '../findings/wrong-shape.ts'
import {accessesOf, isRegisterLike} from '../sessions/accesses.ts'
import {findCycle} from '../sessions/serialization.ts'
import {thinAir} from '../sessions/session.ts'
import {convergence} from './convergence.ts'

export interface StrongEventualOptions {
  /** Nodes that must have answered final reads. */
  readonly nodes?: readonly string[]
}

export function strongEventual(options: StrongEventualOptions = {}): Checker {
  return {
    name: 'strong-eventual',
    description: 'replicas converge, make nothing up and never go back',
    async check(history, checkOptions) {
      const {operations} = history
      const registers = isRegisterLike(history)
      const collections =
        operations.every(({f}) => f === 'read' || f === 'add' || f === 'remove') &&
        operations.some(({f, output}) => f === 'read' && (Array.isArray(output) || output instanceof Set))
      const settled = await convergence({
        unordered: collections,
        ...(options.nodes === undefined ? {} : {nodes: options.nodes}),
      }).check(history, checkOptions)
      const anomalies = [...settled.anomalies]
      if (!collections && registers) for (const found of thinAir(accessesOf(history))) anomalies.push(found)
      for (const [key, operations] of history.byKey()) {
        const found = collections ? forgotten(key, operations) : registers ? wentBack(key, operations) : []
        for (const anomaly of found) anomalies.push(anomaly)
      }
      const fits = collections || registers
      const validity = mergeValidity([settled.validity, anomalies.length > 0 ? 'invalid' : 'valid'])
      return verdictOf({
        checker: 'strong-eventual',
        property: 'strong eventual consistency',
        kind: 'safety',
        summary: settled.summary,
        anomalies,
        reason: fits
          ? validity === 'unknown'
            ? settled.reason
            : undefined
          : (settled.reason ?? 'Only sets and registers are judged beyond agreement.'),
      })
    },
  }
}

function readsByProcess(operations: Sequence<Operation>): Map<unknown, Operation[]> {
  const byProcess = new Map<unknown, Operation[]>()
  for (const operation of operations) {
    if (operation.f !== 'read' || operation.outcome !== 'ok') continue
    const list = byProcess.get(operation.process)
    if (list === undefined) byProcess.set(operation.process, [operation])
    else list.push(operation)
  }
  return byProcess
}

/** Elements of a set that a process had read and then did not, although nobody tried to remove them; and made-up ones. */
function forgotten(key: Key | undefined, operations: Sequence<Operation>): Anomaly[] {
  const anomalies: Anomaly[] = []
  const firstAdd = new Map<ValueKey, number>()
  const firstRemove = new Map<ValueKey, number>()
  for (const {f, outcome, input, invoke} of operations) {
    const first = f === 'add' ? firstAdd : f === 'remove' ? firstRemove : undefined
    if (first === undefined || outcome === 'fail') continue
    if (!first.has(valueKey(input))) first.set(valueKey(input), invoke.index)
  }
  for (const reads of readsByProcess(operations).values()) {
    const seen = new Map<ValueKey, Operation>()
    for (const read of reads) {
      const elements = elementsOf(read.output)
      if (elements === undefined) {
        anomalies.push(wrongAnswer(read, 'a set'))
        continue
      }
      const items = new Map(elements.map((item) => [valueKey(item), item]))
      for (const [id, item] of items) {
        if ((firstAdd.get(id) ?? Number.POSITIVE_INFINITY) < endIndex(read)) continue
        anomalies.push(
          reported('unexpected-element', key, read, `${showValue(item)}${ofKey(key)}, which nobody had put in`),
        )
      }
      for (const [id, before] of seen) {
        if (items.has(id)) continue
        seen.delete(id)
        if ((firstRemove.get(id) ?? Number.POSITIVE_INFINITY) < endIndex(read)) continue
        const item = (elementsOf(before.output) ?? []).find((candidate) => valueKey(candidate) === id)
        const sentence =
          `${ofKey(key).replace(' of', 'from')} no ${showValue(item)} any more, which it had read before and nobody removed`.trim()
        anomalies.push(reported('state-went-back', key, read, sentence, before))
      }
      for (const id of items.keys()) if (!seen.has(id)) seen.set(id, read)
    }
  }
  return anomalies
}

/** Values of a register that processes read one after the other must not run in a circle. */
function wentBack(key: Key | undefined, operations: Sequence<Operation>): Anomaly[] {
  const ids = new Map<ValueKey, number>()
  const values: unknown[] = []
  const before: number[][] = []
  const proof = new Map<string, readonly [Operation, Operation]>()
  const idOf = (value: unknown): number => {
    let id = ids.get(valueKey(value))
    if (id === undefined) {
      ids.set(valueKey(value), (id = values.length))
      values.push(value)
      before.push([])
    }
    return id
  }
  for (const reads of readsByProcess(operations).values()) {
    for (let i = 1; i < reads.length; i++) {
      const [earlier, later] = [reads[i - 1] as Operation, reads[i] as Operation]
      const [from, to] = [idOf(earlier.output), idOf(later.output)]
      if (from === to || proof.has(`${from} ${to}`)) continue
      proof.set(`${from} ${to}`, [earlier, later])
      ;(before[to] as number[]).push(from)
    }
  }
  const found = findCycle(before)
  if (found === undefined) return []
  // Told from the value that was read first.
  const start = found.indexOf(Math.min(...found))
  const cycle = [...found.slice(start), ...found.slice(0, start)]
  const pairs = cycle.flatMap((from, i) => proof.get(`${from} ${cycle[(i + 1) % cycle.length]}`) ?? [])
  const circle = [...cycle, cycle[0] as number].map((id) => showValue(values[id])).join(', then ')
  return [
    {
      type: 'state-went-back',
      sentence: `No order of the writes${ofKey(key)} explains that processes read ${circle}.`,
      ...(key === undefined ? {} : {key}),
      witness: witnessOf(...pairs),
    },
  ]
}

function reported(type: string, key: Key | undefined, read: Operation, deed: string, before?: Operation): Anomaly {
  return {
    type,
    sentence: `Process ${read.process} read ${deed}.`,
    ...(key === undefined ? {} : {key}),
    witness: witnessOf(before, read),
  }
}
