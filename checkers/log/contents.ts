/** What is wrong with the log itself: offsets, duplicates, losses, records that should not be there. */
import type {Operation} from '../../core/op.ts'
import {showValue} from '../../core/value.ts'
import type {Anomaly} from '../../core/verdict.ts'
import {endIndex, witnessOf} from '../findings/finding.ts'
import type {KeyLayout, Sighting} from './layout.ts'
import type {Offset} from './offset.ts'
import type {Send} from './records.ts'

/** Anomalies of one key. `unknownPolls`: a poll whose answer nobody knows may have had records that nobody else polled. */
export function contentAnomalies(layout: KeyLayout, unknownPolls: boolean): Anomaly[] {
  return [...inconsistent(layout), ...duplicates(layout), ...lost(layout, unknownPolls), ...intruders(layout)]
}

/** Acknowledged values that nobody ever polled, although nothing after them was polled either. */
export function unseen(layout: KeyLayout): number {
  let count = 0
  for (const [id, sends] of layout.sends) {
    if (layout.polled.has(id)) continue
    const acknowledged = sends.find(({operation}) => operation.outcome === 'ok')
    if (acknowledged !== undefined && (acknowledged.offset === undefined || acknowledged.offset > layout.lastPolled))
      count++
  }
  return count
}

/** Acknowledged values that nobody is known to have polled, which only a poll of unknown outcome can have had. */
export function perhapsTaken(layout: KeyLayout): number {
  return missing(layout).filter(({offset}) => !layout.isPassed(offset)).length
}

/** Acknowledged sends that nobody polled, although what is behind them was polled. */
function missing(layout: KeyLayout): {readonly offset: Offset; readonly send: Send}[] {
  return [...layout.sends].flatMap(([id, sends]) => {
    if (layout.polled.has(id)) return []
    const send = sends.find(({operation, offset}) => operation.outcome === 'ok' && offset !== undefined)
    const offset = send?.offset
    return send === undefined || offset === undefined || offset > layout.lastPolled ? [] : [{offset, send}]
  })
}

function* inconsistent(layout: KeyLayout): Iterable<Anomaly> {
  for (const [offset, sightings] of layout.at) {
    if (sightings.length < 2) continue
    yield reported(
      'inconsistent-offsets',
      inconsistentSentence(layout, offset, sightings),
      sightings.map(({operation}) => operation),
    )
  }
}

function* duplicates(layout: KeyLayout): Iterable<Anomaly> {
  for (const [id, sightings] of layout.offsets) {
    // A value that was sent twice on purpose may be there twice.
    const sent = layout.sends.get(id)?.length ?? 0
    if (sightings.length < 2 || sightings.length <= sent) continue
    yield reported(
      'duplicate-record',
      duplicateSentence(layout, sightings, sent),
      sightings.map(({operation}) => operation),
    )
  }
}

export function inconsistentSentence({name}: KeyLayout, offset: Offset, sightings: readonly Sighting[]): string {
  const values = few(sightings.map(({value}) => showValue(value)))
  return `Offset ${offset} of ${name} holds different values for different clients: ${values}.`
}

export function duplicateSentence({name}: KeyLayout, sightings: readonly Sighting[], sent: number): string {
  const offsets = few(sightings.map(({offset}) => offset).sort((left, right) => Number(left) - Number(right)))
  const times = sent < 2 ? 'once' : `${sent} times`
  return `Record ${showValue(sightings[0]?.value)} is in ${name} at offsets ${offsets}, but was sent ${times}.`
}

function* lost(layout: KeyLayout, unknownPolls: boolean): Iterable<Anomaly> {
  for (const {offset, send} of missing(layout)) {
    if (unknownPolls && !layout.isPassed(offset)) continue
    // Somebody who polled that far: what is known of that offset first may be this very send.
    const later = layout.at.get(layout.lastPolled)?.find(({operation}) => operation !== send.operation)
    yield reported(
      'lost-record',
      `Record ${showValue(send.value)} was acknowledged at offset ${offset} of ${layout.name}, but nobody ever polled it, although records up to offset ${layout.lastPolled} were polled.`,
      [send.operation, later?.operation],
    )
  }
}

function* intruders(layout: KeyLayout): Iterable<Anomaly> {
  for (const [id, {value, offset, operation, own}] of layout.polled) {
    const sends = layout.sends.get(id) ?? []
    const named = `${showValue(value)} from offset ${offset} of ${layout.name}`
    const possible = sends.filter((send) => send.operation.outcome !== 'fail')
    if (possible.length === 0) {
      const [failed] = sends
      yield failed === undefined
        ? reported('unexpected-record', `Process ${operation.process} polled ${named}, which nobody sent.`, [operation])
        : reported('aborted-read', `Process ${operation.process} polled ${named}, whose send had failed.`, [
            failed.operation,
            operation,
          ])
    } else if (own !== undefined && possible.length === 1) {
      yield reported(
        'precommitted-read',
        `Process ${own.process} polled ${named}, which this very transaction sent: it was not committed yet.`,
        [own],
      )
    } else if (possible.every((send) => send.operation.invoke.index > endIndex(operation))) {
      yield reported('unexpected-record', `Process ${operation.process} polled ${named} before anybody sent it.`, [
        operation,
        possible[0]?.operation,
      ])
    }
  }
}

/** Those that are told of many; two convict. */
const TOLD = 8

/** `1 and 2 and 40 more`. */
function few(parts: readonly unknown[]): string {
  const more = parts.length > TOLD ? [`${parts.length - TOLD} more`] : []
  const all = [...parts.slice(0, TOLD), ...more]
  return all.length < 2 ? all.join('') : `${all.slice(0, -1).join(', ')} and ${all.at(-1)}`
}

function reported(type: string, sentence: string, operations: readonly (Operation | undefined)[]): Anomaly {
  return {type, sentence, witness: witnessOf(...operations.slice(0, TOLD))}
}
