/**
 * Cuts node logs to size: the head, the tail, and whatever was said around the evidence; what is left out is counted in
 * place.
 */
import type {LogLine, NodeLog} from './input.ts'
import type {PayloadLog} from './payload.ts'

/** A stretch of the run that must stay complete. */
export interface Span {
  readonly fromNs: number
  readonly toNs: number
}

/** One line is never longer than this in the page. */
const LINE_LIMIT = 2000

/** The log within about `limitBytes`. Lines inside `keep` come first, then the head and the tail in equal parts. */
export function capLog(log: NodeLog, keep: readonly Span[], limitBytes: number): PayloadLog {
  const sizes = log.lines.map((line) => Math.min(line.text.length, LINE_LIMIT) + 12)
  const total = sizes.reduce((sum, size) => sum + size, 0)
  if (total <= limitBytes) return {node: log.node, lines: log.lines.map(entry)}

  const chosen = new Uint8Array(log.lines.length)
  let left = limitBytes
  const take = (position: number, reserveBytes: number): boolean => {
    if (chosen[position] === 1) return true
    if (left - sizes[position]! < reserveBytes) return false
    chosen[position] = 1
    left -= sizes[position]!
    return true
  }
  for (const [position, line] of log.lines.entries()) {
    const {timeNs} = line
    if (timeNs === undefined || !keep.some((span) => timeNs >= span.fromNs && timeNs <= span.toNs)) continue
    if (!take(position, limitBytes / 2)) break
  }
  for (let head = 0, half = left / 2; head < log.lines.length && take(head, half); head++);
  for (let tail = log.lines.length - 1; tail >= 0 && take(tail, 0); tail--);
  return {node: log.node, lines: withGaps(log.lines, chosen)}
}

/** How many lines a capped log leaves out. */
export function omittedLines(log: PayloadLog): number {
  return log.lines.reduce((sum, line) => sum + (line[2] ?? 0), 0)
}

function withGaps(lines: readonly LogLine[], chosen: Uint8Array): PayloadLog['lines'] {
  const result: PayloadLog['lines'][number][] = []
  let gap = 0
  for (const [position, line] of lines.entries()) {
    if (chosen[position] !== 1) {
      gap++
      continue
    }
    if (gap > 0) result.push([line.timeNs ?? null, '', gap])
    gap = 0
    result.push(entry(line))
  }
  if (gap > 0) result.push([null, '', gap])
  return result
}

function entry(line: LogLine): readonly [number | null, string] {
  const text = line.text.length > LINE_LIMIT ? `${line.text.slice(0, LINE_LIMIT)}…` : line.text
  return [line.timeNs ?? null, text]
}
