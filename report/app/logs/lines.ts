/**
 * What a column of the logs shows: what the node printed, its events where it did not print them as well, faults as they
 * began and ended, and the moment that is looked at. Pure.
 */
import type {EventMark, PayloadFault, PayloadLog} from '../../payload.ts'
import {faultWords} from '../data/faults.ts'

export interface LogLine {
  /** null where the log gives no time. */
  readonly ns: number | null
  readonly text: string
  readonly kind: 'printed' | 'event' | 'fault' | 'here' | 'gap'
}

export interface Here {
  readonly ns: number
  readonly text: string
}

/** An event this close to a printed line was printed. */
const PRINTED_NS = 1.5e6

export function linesOf(
  log: PayloadLog,
  marks: readonly EventMark[],
  faults: readonly PayloadFault[],
  here: Here | undefined,
): LogLine[] {
  const printed = log.lines.map(
    ([ns, text, omitted]): LogLine =>
      omitted === undefined
        ? {ns, text, kind: 'printed'}
        : {ns, text: `${omitted} ${omitted === 1 ? 'line' : 'lines'} left out`, kind: 'gap'},
  )
  const times = printed.flatMap(({ns, kind}) => (ns === null || kind === 'gap' ? [] : [ns]))
  const events = marks
    .filter(({node, timeNs}) => node === log.node && !hasNear(times, timeNs))
    .map(({timeNs, words}): LogLine => ({ns: timeNs, text: words, kind: 'event'}))
  const added = [...events, ...faults.flatMap(faultLines)]
  if (here !== undefined) added.push({...here, kind: 'here'})
  return merge(
    printed,
    added.sort((left, right) => (left.ns as number) - (right.ns as number)),
  )
}

function faultLines(fault: PayloadFault): LogLine[] {
  const words = faultWords(fault)
  const begins: LogLine = {ns: fault.askedNs, text: `begins: ${words}`, kind: 'fault'}
  return fault.healingNs === null ? [begins] : [begins, {ns: fault.healingNs, text: `undone: ${words}`, kind: 'fault'}]
}

/** Whether one of these ascending times is close. Logs are nearly sorted; a stray line only costs a duplicate. */
function hasNear(times: readonly number[], ns: number): boolean {
  let [low, high] = [0, times.length]
  while (low < high) {
    const middle = (low + high) >>> 1
    if (times[middle]! < ns - PRINTED_NS) low = middle + 1
    else high = middle
  }
  return low < times.length && times[low]! <= ns + PRINTED_NS
}

/** Puts what is added before the first printed line that is later; printed lines keep their order. */
function merge(printed: readonly LogLine[], added: readonly LogLine[]): LogLine[] {
  const result: LogLine[] = []
  let next = 0
  for (const line of printed) {
    while (next < added.length && line.ns !== null && added[next]!.ns! <= line.ns) result.push(added[next++]!)
    result.push(line)
  }
  result.push(...added.slice(next))
  return result
}
