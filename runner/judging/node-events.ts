/** What nodes told of themselves, read back from the `events` folder of a run directory. */
import {existsSync, readdirSync, readFileSync} from 'node:fs'
import {join} from 'node:path'
import type {NodeEvent} from '../../core/cluster.ts'
import {UsageError} from '../../core/error.ts'
import type {RunFacts} from '../facts.ts'
import type {Told} from './judge.ts'

/** What the nodes of a run told, with what is promised of it; undefined where nothing is. */
export function toldIn({invariants}: Pick<RunFacts, 'invariants'>, directory: string): Told | undefined {
  return invariants === undefined ? undefined : {events: nodeEventsIn(directory), invariants}
}

/** The events of all nodes, by time; none where nothing was written. Throws UsageError for a line that is no event. */
function nodeEventsIn(directory: string): NodeEvent[] {
  const folder = join(directory, 'events')
  if (!existsSync(folder)) return []
  const files = readdirSync(folder).filter((name) => name.endsWith('.jsonl'))
  return files
    .sort()
    .flatMap((name) => eventsOf(join(folder, name)))
    .sort((left, right) => left.timeNs - right.timeNs)
}

function eventsOf(file: string): NodeEvent[] {
  const lines = readFileSync(file, 'utf8').split('\n')
  // What follows the last line break was cut off in mid-write, or is nothing.
  lines.pop()
  return lines.map((line, i) => {
    const event = eventIn(line)
    if (event !== undefined) return event
    throw new UsageError(`${file}:${i + 1} is no event of a node: ${line.slice(0, 80)}`, [
      'Expected: {"time": NANOSECONDS, "node": "NAME", "event": {"type": "NAME", …}}',
    ])
  })
}

function eventIn(line: string): NodeEvent | undefined {
  try {
    const {time, node, event} = JSON.parse(line) ?? {}
    const isEvent = typeof time === 'number' && typeof node === 'string' && typeof event?.type === 'string'
    return isEvent ? {timeNs: time, node, event} : undefined
  } catch {
    return undefined
  }
}
