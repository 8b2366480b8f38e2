/** What can be left out of a plan besides single operations and faults: its end, idle time before it begins, keys, nodes. */
import type {FaultSpec, PlannedFault} from '../../core/nemesis.ts'
import type {Json} from '../../core/node.ts'
import {BANDWIDTH_KBPS} from '../../nemesis/packet-kinds.ts'
import type {Plan, PlannedOperation} from '../plan.ts'

/** The plan cut off at this time, ms; faults under way then end with it. */
export function endingAt(plan: Plan, timeMs: number): Plan {
  const inTime = (fault: PlannedFault) => ({...fault, stopMs: Math.min(fault.stopMs, timeMs)})
  return {
    ...plan,
    options: {...plan.options, timeMs},
    faults: plan.faults.filter(({startMs}) => startMs < timeMs).map(inTime),
    operations: plan.operations.filter(({atMs}) => atMs < timeMs),
  }
}

/** What goes on between these two times, ms, as a plan of its own: faults under way at the first one begin with it. */
export function windowOf(plan: Plan, fromMs: number, toMs: number): Plan {
  const {faults, ...rest} = endingAt(plan, toMs)
  const under = faults.filter(({stopMs}) => stopMs > fromMs)
  const clipped = under.map((fault) => ({...fault, startMs: Math.max(fault.startMs, fromMs)}))
  return earlier(beginningAt({...rest, faults: clipped}, fromMs), fromMs)
}

/** With links that are so many times narrower; undefined where no fault narrows a link that could be narrower still. */
export function withNarrowerLinks(plan: Plan, times: number): Plan | undefined {
  const faults = plan.faults.map((fault) => narrower(fault, times))
  return faults.every((fault, i) => fault === plan.faults[i]) ? undefined : {...plan, faults}
}

function narrower(fault: PlannedFault, times: number): PlannedFault {
  const {shape} = fault.spec as {readonly shape?: {readonly kind?: Json; readonly rateKBps?: Json}}
  if (shape?.kind !== 'bandwidth' || typeof shape.rateKBps !== 'number') return fault
  const rateKBps = Math.max(BANDWIDTH_KBPS.least, Math.round(shape.rateKBps / times))
  return rateKBps >= shape.rateKBps
    ? fault
    : {...fault, spec: {...fault.spec, shape: {...shape, rateKBps}} as FaultSpec}
}

/** Without what begins before this time, ms. */
export function beginningAt(plan: Plan, timeMs: number): Plan {
  return {
    ...plan,
    faults: plan.faults.filter(({startMs}) => startMs >= timeMs),
    operations: plan.operations.filter(({atMs}) => atMs >= timeMs),
  }
}

/** When the first operation or fault is due, ms. */
export function beginningOf({operations, faults}: Plan): number {
  const times = [...operations.map(({atMs}) => atMs), ...faults.map(({startMs}) => startMs)]
  return times.reduce((first, time) => Math.min(first, time), Number.POSITIVE_INFINITY)
}

/** The same, `byMs` earlier. */
export function earlier(plan: Plan, byMs: number): Plan {
  const timeMs = Math.max(1, Math.ceil(plan.options.timeMs - byMs))
  return {
    ...plan,
    options: {...plan.options, timeMs},
    faults: plan.faults.map((fault) => ({...fault, startMs: fault.startMs - byMs, stopMs: fault.stopMs - byMs})),
    operations: plan.operations.map((operation) => ({...operation, atMs: rounded(operation.atMs - byMs)})),
  }
}

/** Plans keep microseconds. */
function rounded(ms: number): number {
  return Math.round(ms * 1e3) / 1e3
}

/** The keys that operations are about. */
export function keysIn({operations}: Plan): string[] {
  return [...new Set(operations.flatMap(({key}) => (key === undefined ? [] : [String(key)])))]
}

/** Without operations on other keys. */
export function withKeys(plan: Plan, keys: readonly string[]): Plan {
  const kept = new Set(keys)
  const about = ({key}: PlannedOperation) => key === undefined || kept.has(String(key))
  return {...plan, operations: plan.operations.filter(about)}
}

/** With this fault lasting to the end of the next one of its kind, which goes; undefined where there is none. */
export function withMergedFault(plan: Plan, place: number): Plan | undefined {
  const fault = plan.faults[place] as PlannedFault
  const next = plan.faults.findIndex(({spec}, i) => i > place && spec.fault === fault.spec.fault)
  if (next < 0) return undefined
  const longer = {...fault, stopMs: Math.max(fault.stopMs, (plan.faults[next] as PlannedFault).stopMs)}
  return {...plan, faults: plan.faults.with(place, longer).filter((_, i) => i !== next)}
}

/** With one fault lasting as long as it and another do together, and without the other one. */
export function withFaultFor(plan: Plan, place: number, other: number): Plan {
  const [fault, gone] = [plan.faults[place] as PlannedFault, plan.faults[other] as PlannedFault]
  const longer = {
    ...fault,
    startMs: Math.min(fault.startMs, gone.startMs),
    stopMs: Math.max(fault.stopMs, gone.stopMs),
  }
  const faults = plan.faults.with(place, longer).filter((_, i) => i !== other)
  return {...plan, faults: faults.sort((left, right) => left.startMs - right.startMs)}
}

/** The nodes that the plan was made for; none where it does not say. */
export function nodesOf({options}: Pick<Plan, 'options'>): readonly string[] {
  const nodes = options['nodes']
  return Array.isArray(nodes) ? (nodes as readonly string[]) : []
}

/** For its first `count` nodes only: faults that strike one of the others go, and lists of nodes lose them. */
export function withNodes(plan: Plan, count: number): Plan {
  const nodes = nodesOf(plan)
  const gone = new Set(nodes.slice(count))
  const faults = plan.faults.flatMap((fault) => {
    const spec = without(fault.spec, gone)
    return spec === undefined ? [] : [{...fault, spec: spec as FaultSpec}]
  })
  return {...plan, options: {...plan.options, nodes: nodes.slice(0, count)}, faults}
}

/** JSON without these names in its lists; undefined where one stands by itself, or a list loses all that it had. */
function without(value: Json, gone: ReadonlySet<string>): Json | undefined {
  if (typeof value === 'string') return gone.has(value) ? undefined : value
  if (value === null || typeof value !== 'object') return value
  if (Array.isArray(value)) {
    const kept = value.map((item) => without(item, gone)).filter((item) => item !== undefined)
    return kept.length === 0 && value.length > 0 ? undefined : kept
  }
  const entries: [string, Json][] = []
  for (const [name, item] of Object.entries(value as Record<string, Json>)) {
    const kept = without(item, gone)
    if (kept === undefined) return undefined
    entries.push([name, kept])
  }
  return Object.fromEntries(entries)
}

export function sizeOf({faults, operations}: Plan): number {
  return faults.length + operations.length
}
