/** What may be wrong with one element of a set: it is in a read that it should not be in, twice in one, or missing. */
import type {Key, Operation} from '../../core/op.ts'
import type {Sequence} from '../../core/sequence.ts'
import {showValue} from '../../core/value.ts'
import type {Anomaly} from '../../core/verdict.ts'
import {endIndex, ofKey, witnessOf} from '../findings/finding.ts'
import type {Census} from './census.ts'
import type {Element} from './element.ts'
import {lastFinalGap, lastGap} from './gaps.ts'

/** Which reads are judged, and which removes bind; see `set-full.ts`. */
export interface Rules {
  readonly eventual: boolean
  readonly everything: boolean
}

/** Why this element should not be in this read, if it should not. */
export function intrusion(
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
  const reported = `${who(read)} ${showValue(element.value)}${ofKey(key)}, although its removal was acknowledged before and it was not added again.`
  return anomaly('resurrected-element', key, [latest, remove, read], reported)
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

/** The last word on one element: stable, lost, stale or never read. */
export function settle(
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
    const by = gap.known === endIndex(gap.add) ? gap.add : (element.seen as Operation)
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
  const acknowledged = broken.known === endIndex(add)
  const by = acknowledged ? undefined : element.seen
  const fact = acknowledged ? 'was acknowledged' : 'had been seen'
  const named = `${showValue(element.value)}${ofKey(key)}`
  if (present > broken.turn) {
    census.stable++
    const reported = `${who(missing, 'missed')} ${named}, which ${fact} before; a later read has it.`
    const type = finals === undefined ? 'stale-read' : 'lost-element'
    census.anomalies.push(anomaly(type, key, [add, by, missing, reads.at(present)], reported))
    return
  }
  const reported = `Element ${named} ${fact}, but ${missing.final ? 'the final read' : 'a later read'} ${on(missing)} misses it, and no later read has it.`
  census.anomalies.push(anomaly('lost-element', key, [add, by, missing], reported))
}

export function duplicate(key: Key | undefined, element: Element, read: Operation, items: readonly Element[]): Anomaly {
  const times = items.filter((item) => item === element).length
  const reported = `${who(read)} ${showValue(element.value)}${ofKey(key)} ${times} times in one answer.`
  return anomaly('duplicate-element', key, [element.adds[0], read], reported)
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
