/**
 * A plan says when operations are due, and leaves open which idle thread takes one. Leaving one out then sends all others to
 * other threads, and so to other nodes: another run. With threads and times as they were in a run, what is left out moves
 * nothing else.
 */
import type {History} from '../../core/history.ts'
import type {Plan, PlannedOperation} from '../plan.ts'

/** The plan with each operation at the time and on the thread that it had in this history; what was never invoked goes. */
export function asItWent(plan: Plan, history: History): Plan {
  const concurrency = Number(plan.options['concurrency'])
  if (!Number.isInteger(concurrency) || concurrency < 1) return plan
  const waiting = new Map<string, PlannedOperation[]>()
  for (const operation of [...plan.operations].reverse()) {
    const {f, key, value} = operation
    const alike = waiting.get(signature(f, key, value))
    if (alike === undefined) waiting.set(signature(f, key, value), [operation])
    else alike.push(operation)
  }
  const went: {readonly operation: PlannedOperation; readonly thread: number; readonly timeNs: number}[] = []
  for (const {f, key, input, process, startNs, final} of history.operations) {
    if (final) continue
    const operation = waiting.get(signature(f, key, input))?.pop()
    if (operation !== undefined) went.push({operation, thread: Number(process) % concurrency, timeNs: startNs})
  }
  // Somebody was free when the first one was due.
  const startNs = went.reduce(
    (least, {operation, timeNs}) => Math.min(least, timeNs - operation.atMs * 1e6),
    Number.POSITIVE_INFINITY,
  )
  const operations = went.map(({operation, thread, timeNs}) => ({
    ...operation,
    atMs: Math.max(operation.atMs, Math.round((timeNs - startNs) / 1e3) / 1e3),
    thread,
  }))
  return {...plan, operations, unbounded: false}
}

function signature(f: string, key: unknown, value: unknown): string {
  return JSON.stringify([f, key ?? null, value ?? null])
}
