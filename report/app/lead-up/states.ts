/** What held for a node at a moment: whether it led, and which faults kept it from taking part. */
import type {Payload, PayloadFault} from '../../payload.ts'

export type NodeState = 'leader' | 'cut' | 'down' | 'paused'

/** How a fault of this name keeps its victims from taking part; undefined for one that only slows them. */
function effectOf(fault: string): 'down' | 'paused' | undefined {
  if (/kill|crash|power/.test(fault)) return 'down'
  return /pause|freeze|suspend/.test(fault) ? 'paused' : undefined
}

/** Whether a fault keeps somebody from hearing or doing anything at all. */
export function stopsSomebody(fault: PayloadFault): boolean {
  return stopsMessages(fault) || effectOf(fault.fault) !== undefined
}

/** Whether a fault stops messages altogether; delays and losses let some through. */
export function stopsMessages({fault, links}: PayloadFault): boolean {
  return links.length > 0 && /partition|cut|isolat|drop-all/.test(fault)
}

/** Whether it may be in force: it was asked for, and is not known to have ended. */
export function mayBeInForce({askedNs, endNs}: PayloadFault, ns: number): boolean {
  return askedNs <= ns && (endNs ?? Number.POSITIVE_INFINITY) > ns
}

/** Whether it is in force for certain: it was seen to be, and nobody has asked for its end. */
export function isInForce({startNs, healingNs}: PayloadFault, ns: number): boolean {
  return startNs <= ns && (healingNs ?? Number.POSITIVE_INFINITY) > ns
}

/** The fault that stops messages on this link at this moment. */
export function cutBetween(
  payload: Payload,
  from: string,
  to: string,
  ns: number,
  inForce = mayBeInForce,
): PayloadFault | undefined {
  return payload.faults.find(
    (fault) =>
      stopsMessages(fault) && inForce(fault, ns) && fault.links.some((link) => link.from === from && link.to === to),
  )
}

/** The fault that keeps this node itself from taking part. */
export function stoppedBy(
  payload: Payload,
  node: string,
  ns: number,
  inForce = mayBeInForce,
): PayloadFault | undefined {
  return payload.faults.find(
    (fault) => effectOf(fault.fault) !== undefined && inForce(fault, ns) && fault.victims.includes(node),
  )
}

/** `cut`: it hears nothing from most of the others. */
export function statesOf(payload: Payload, node: string, ns: number): NodeState[] {
  const states: NodeState[] = []
  if (payload.leaderships.some((each) => each.node === node && each.startNs <= ns && each.endNs > ns)) {
    states.push('leader')
  }
  const others = payload.nodes.filter((other) => other !== node)
  const silent = others.filter((other) => cutBetween(payload, other, node, ns) !== undefined)
  if (silent.length * 2 > others.length) states.push('cut')
  const stopped = stoppedBy(payload, node, ns)
  const effect = stopped === undefined ? undefined : effectOf(stopped.fault)
  if (effect !== undefined) states.push(effect)
  return states
}

/** Who led at this moment: of several the one that came last, whose term is the valid one. */
export function leaderAt(payload: Payload, ns: number, except?: string): string | undefined {
  return payload.leaderships.findLast((each) => each.startNs <= ns && each.endNs > ns && each.node !== except)?.node
}
