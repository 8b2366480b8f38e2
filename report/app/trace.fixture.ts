/**
 * The longest tasks of a page's main thread, from Chromium's own trace: by the clock, and in processor time, which other
 * programs on the machine add nothing to. The format is the "Trace Event Format" (N. Duca and D. Sinclair, 2016): times are
 * microseconds, `tdur` is processor time.
 */

/** Categories to trace. */
export const TRACED = ['toplevel', 'devtools.timeline', 'blink.user_timing']

export interface TaskTimes {
  readonly processorMs: number
  readonly wallMs: number
}

interface TraceEvent {
  readonly name: string
  readonly ph: string
  readonly pid: number
  readonly tid: number
  readonly ts: number
  readonly dur?: number
  readonly tdur?: number
  readonly args?: {readonly name?: string}
}

/** Before and after `performance.mark(mark)`. Throws when the trace has no such mark or no tasks. */
export function longestTasks(trace: Buffer, mark: string): {opening: TaskTimes; using: TaskTimes} {
  const {traceEvents} = JSON.parse(trace.toString('utf8')) as {traceEvents: readonly TraceEvent[]}
  const threadOf = ({pid, tid}: TraceEvent) => `${pid}:${tid}`
  const marked = traceEvents.find(({name}) => name === mark)
  if (marked === undefined) throw new Error(`the trace has no mark ${mark}`)
  const main = new Set(
    traceEvents
      .filter(({name, args, pid}) => name === 'thread_name' && args?.name === 'CrRendererMain' && pid === marked.pid)
      .map(threadOf),
  )
  const tasks = traceEvents.filter(
    (event) => event.ph === 'X' && /RunTask$/.test(event.name) && main.has(threadOf(event)) && event.tdur !== undefined,
  )
  if (tasks.length === 0) throw new Error('the trace has no tasks of the main thread')
  const longest = (of: readonly TraceEvent[]): TaskTimes => ({
    processorMs: Math.max(0, ...of.map(({tdur = 0}) => tdur)) / 1000,
    wallMs: Math.max(0, ...of.map(({dur = 0}) => dur)) / 1000,
  })
  return {
    opening: longest(tasks.filter(({ts}) => ts < marked.ts)),
    using: longest(tasks.filter(({ts}) => ts >= marked.ts)),
  }
}
