/**
 * Who took itself for the leader, and when: read from the nodes' own structured events, so that two leaders at once (one
 * of them deposed and not knowing it) are visible as what they are.
 *
 * An event whose type names leadership (`leader`, `became-leader`) begins a leadership; any event of the same node that names
 * another role, a boot or a crash ends it, and so does a fault that kills the node.
 */
import type {NodeEvent} from '../core/cluster.ts'
import type {FaultWindow} from '../core/history.ts'
import type {Message} from '../core/node.ts'
import type {Leadership} from './payload.ts'
import {compact} from './values.ts'

const TERM_FIELDS = ['term', 'epoch', 'ballot', 'view', 'zxid'] as const

export function leadershipsOf(
  events: readonly NodeEvent[],
  faults: readonly FaultWindow[],
  endNs: number,
): Leadership[] {
  const leaderships: Leadership[] = []
  const open = new Map<string, {startNs: number; term: string}>()
  const close = (node: string, timeNs: number) => {
    const leadership = open.get(node)
    if (leadership === undefined) return
    open.delete(node)
    leaderships.push({
      node,
      startNs: leadership.startNs,
      endNs: Math.max(timeNs, leadership.startNs),
      term: leadership.term,
    })
  }
  for (const step of inOrder(events, faults)) {
    if (step.event === undefined) close(step.node, step.timeNs)
    else if (isLeader(step.event)) {
      const term = termOf(step.event)
      if (open.get(step.node)?.term === term) continue
      close(step.node, step.timeNs)
      open.set(step.node, {startNs: step.timeNs, term})
    } else if (endsLeadership(step.event)) close(step.node, step.timeNs)
  }
  for (const node of [...open.keys()]) close(node, endNs)
  return leaderships.sort((left, right) => left.startNs - right.startNs)
}

/** Events and deaths by time. A death is a step without an event. */
function inOrder(
  events: readonly NodeEvent[],
  faults: readonly FaultWindow[],
): {node: string; timeNs: number; event: Message | undefined}[] {
  const deaths = faults
    .filter((fault) => /kill|crash|restart/.test(fault.fault))
    .flatMap((fault) => fault.victims.map((node) => ({node, timeNs: fault.startNs, event: undefined})))
  return [...events, ...deaths].sort((left, right) => left.timeNs - right.timeNs)
}

/** Whether the event says that its node leads from now on. */
export function isLeader(event: Message): boolean {
  if (event['role'] !== undefined) return event['role'] === 'leader'
  return /(^|-)(leader|leading|elected)$/.test(event.type) && !/(no|lost|left|former|stop)-/.test(event.type)
}

function endsLeadership(event: Message): boolean {
  if (event['role'] !== undefined) return true
  return /follower|candidate|step|crash|start|boot|lost|resign|depose|learner|observer/.test(event.type)
}

/** Term, epoch or ballot of an event, as text; empty where it names none. */
export function termOf(event: Message): string {
  for (const field of TERM_FIELDS) {
    const value = event[field]
    if (value !== undefined && value !== null) return compact(value, 24)
  }
  return ''
}
