/**
 * Recovery: how soon after each fault had ended an operation succeeded again, for the cluster and for each node.
 *
 *     0     |read 1|      |read 1 #  |read 1|
 *     kill          |===|·················        the dotted stretch is the recovery
 *
 * Definition. Time from the end of a fault window to the return of the first operation that was invoked after it and
 * succeeded. Where another fault was still in force, or struck before that success, the figure says so and does not count
 * towards the slowest. *no-recovery*: after the last fault had ended, operations were tried on the cluster (or on one node)
 * and none ever succeeded. Of a single one that cannot be said: a commit of somebody in no group is refused by a node in good health.
 *
 * Proves: liveness within the time that was given. Cannot see: a node that answers, but without having caught up.
 */

import type {Checker} from '../../core/checker.ts'
import type {FaultWindow, History} from '../../core/history.ts'
import type {Operation} from '../../core/op.ts'
import {counted, showDuration} from '../../core/quantities.ts'
import type {Sequence} from '../../core/sequence.ts'
import type {Anomaly} from '../../core/verdict.ts'
import type {Recovery} from '../../core/verdict-detail.ts'
import {firstPlace, verdictOf, witnessOf} from '../findings/finding.ts'

export function recovery(): Checker {
  return {
    name: 'recovery',
    description: 'how soon after each fault operations succeed again; broken where they never do',
    check(history) {
      const ended = history.faults.filter(({endNs}) => Number.isFinite(endNs))
      const recoveries = recoveriesOf(history)
      const anomalies = neverRecovered(history)
      const slowestMs = slowest(recoveries)
      const healed = lastHeal(history)
      const since = healed === undefined ? [] : [...new Service(history.operations).since(healed)]
      const tried = since.length >= FEWEST_ATTEMPTS || since.some(({outcome}) => outcome === 'ok')
      return verdictOf({
        checker: 'recovery',
        property: 'recovers after faults',
        kind: 'liveness',
        summary:
          history.faults.length === 0
            ? 'no faults'
            : `${counted(ended.length, 'fault')} healed${slowestMs === undefined ? '' : `, slowest recovery ${showDuration(Math.round(slowestMs))}`}`,
        anomalies,
        reason: reasonOf(history, ended, tried),
        ...(slowestMs === undefined ? {} : {measures: {slowestMs: Math.round(slowestMs)}}),
        detail: {recoveries},
      })
    },
  }
}

function reasonOf(history: History, ended: readonly FaultWindow[], tried: boolean): string | undefined {
  if (history.faults.length === 0) return history.operations.length === 0 ? 'There are no operations.' : undefined
  if (ended.length < history.faults.length) return 'A fault was never healed.'
  return tried ? undefined : 'Hardly anything was tried after the last fault had been healed.'
}

/**
 * When something was healed: its time and its place in the record. In simulated time what follows may come at the very same
 * moment, and only the record says what came first.
 */
type Heal = Pick<FaultWindow, 'endNs' | 'endIndex'>

function lastHeal({faults}: History): Heal | undefined {
  return faults.reduce<Heal | undefined>(
    (last, fault) => (last === undefined || isAfter(fault, last) ? fault : last),
    undefined,
  )
}

function isAfter(fault: Heal, other: Heal): boolean {
  return fault.endNs > other.endNs || (fault.endNs === other.endNs && placeOf(fault) > placeOf(other))
}

function placeOf({endIndex}: Heal): number {
  return endIndex ?? Number.POSITIVE_INFINITY
}

/** One entry for each fault that was healed, by the time of healing. */
export function recoveriesOf(history: History): Recovery[] {
  const everybody = new Service(history.operations)
  const nodes = new Map([...byNode(history.operations)].map(([node, own]) => [node, new Service(own)]))
  return history.faults
    .filter(({endNs}) => Number.isFinite(endNs))
    .sort((left, right) => left.endNs - right.endNs)
    .map((fault) => {
      const sinceMs = (success: Operation | undefined) =>
        success === undefined ? null : (success.endNs - fault.endNs) / 1e6
      const healed = everybody.firstSuccess(fault)
      const until = healed?.endNs ?? Number.POSITIVE_INFINITY
      const asked = [...nodes].filter(([, service]) => service.asked(fault))
      return {
        fault: fault.fault,
        description: fault.description,
        healedNs: fault.endNs,
        recoveredMs: sinceMs(healed),
        nodes: Object.fromEntries(asked.map(([node, service]) => [node, sinceMs(service.firstSuccess(fault))])),
        disturbed: history.faults.some(
          (other) => other !== fault && other.askedNs <= until && other.endNs > fault.endNs,
        ),
      }
    })
}

/** What a cluster, or one node, was asked for, in the order of invocation, and what succeeded first from any time on. */
class Service {
  readonly #operations: Sequence<Operation>
  /** For each place, the operation that succeeded first of those from there on. */
  readonly #soonest: readonly (Operation | undefined)[]

  constructor(operations: Sequence<Operation>) {
    this.#operations = operations
    const soonest: (Operation | undefined)[] = new Array(operations.length)
    let best: Operation | undefined
    for (let i = operations.length - 1; i >= 0; i--) {
      const own = operations.at(i) as Operation
      if (own.outcome === 'ok' && (best === undefined || own.endNs <= best.endNs)) best = own
      soonest[i] = best
    }
    this.#soonest = soonest
  }

  /** Whether it was asked for anything after that. */
  asked(heal: Heal): boolean {
    return this.#after(heal) < this.#operations.length
  }

  /** Of the operations invoked after that, the one that succeeded first. */
  firstSuccess(heal: Heal): Operation | undefined {
    return this.#soonest[this.#after(heal)]
  }

  /** What was invoked after that. */
  since(heal: Heal): Sequence<Operation> {
    return this.#operations.slice(this.#after(heal))
  }

  #after(heal: Heal): number {
    const operations = this.#operations
    return firstPlace(operations.length, (place) => {
      const {startNs, invoke} = operations.at(place) as Operation
      return startNs > heal.endNs || (startNs === heal.endNs && invoke.index > placeOf(heal))
    })
  }
}

/** Operations of each node that is known, by its name. */
function byNode(operations: Sequence<Operation>): Map<string, Operation[]> {
  const groups = new Map<string, Operation[]>()
  for (const operation of operations) {
    if (operation.node === undefined) continue
    const group = groups.get(operation.node)
    if (group === undefined) groups.set(operation.node, [operation])
    else group.push(operation)
  }
  return new Map([...groups].sort(([left], [right]) => (left < right ? -1 : 1)))
}

/** The slowest recovery that no other fault disturbed, ms; undefined where there is none. */
export function slowest(recoveries: readonly Recovery[]): number | undefined {
  const times = recoveries.filter(({disturbed, recoveredMs}) => !disturbed && recoveredMs !== null)
  return times.length === 0 ? undefined : Math.max(...times.map(({recoveredMs}) => recoveredMs as number))
}

/** With fewer attempts in vain than this nobody knows whether another one would have been. */
const FEWEST_ATTEMPTS = 2

/** Nobody, or one node, served anything after the last fault had ended. */
function neverRecovered(history: History): Anomaly[] {
  const {operations, faults} = history
  const last = lastHeal(history)
  if (last === undefined || faults.some(({endNs}) => endNs === Number.POSITIVE_INFINITY)) return []
  const later = new Service(operations).since(last)
  if (later.length < FEWEST_ATTEMPTS) return []
  if (later.every(({outcome}) => outcome !== 'ok')) return [stuck('the cluster', later)]
  return [...byNode(later)]
    .filter(([, own]) => own.length >= FEWEST_ATTEMPTS && own.every(({outcome}) => outcome !== 'ok'))
    .map(([node, own]) => stuck(`node ${node}`, own))
}

/** How long it was tried is part of it: an outage is called so only where a real one was waited for. */
function stuck(subject: string, attempts: Sequence<Operation>): Anomaly {
  const startNs = attempts.at(0)?.startNs ?? 0
  const endNs = Math.max(startNs, ...attempts.map(({completion}) => completion?.timeNs ?? startNs))
  return {
    type: 'no-recovery',
    sentence: `After the last fault was healed ${subject} never served again: ${counted(attempts.length, 'attempt')} in ${((endNs - startNs) / 1e9).toFixed(1)} s, none succeeded.`,
    witness: witnessOf(...attempts.slice(0, 4), attempts.at(-1)),
  }
}
