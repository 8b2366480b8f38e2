/**
 * Fault windows as the page draws them, with the directed links that each one touched. A nemesis that says which links it
 * touched is believed; otherwise a partition's own description (`{n1 n2} | {n3 n4 n5}`, `n1 → n3`) is read.
 */
import type {FaultWindow} from '../core/history.ts'
import {isClientOp, type Op} from '../core/op.ts'
import type {LinkName, PayloadFault} from './payload.ts'

export function faultsOf(faults: readonly FaultWindow[], ops: readonly Op[]): PayloadFault[] {
  const before = nemesisOpsBefore(ops, faults)
  return faults.map((fault) => ({
    fault: fault.fault,
    description: fault.description,
    askedNs: Math.min(fault.startNs, fault.askedNs),
    startNs: fault.startNs,
    healingNs: healingNs(fault, before),
    endNs: Number.isFinite(fault.endNs) ? fault.endNs : null,
    startIndex: fault.startIndex,
    victims: fault.victims,
    verified: fault.verified,
    proof: fault.proof,
    links: fault.links?.map(({from, to}) => ({from, to})) ?? linksFrom(fault.description),
  }))
}

function healingNs(fault: FaultWindow, before: ReadonlyMap<number, Op>): number | null {
  if (!Number.isFinite(fault.endNs)) return null
  const asked = fault.endIndex === undefined ? undefined : before.get(fault.endIndex)?.timeNs
  return Math.min(fault.endNs, Math.max(fault.startNs, asked ?? fault.endNs))
}

/** By the index of an op that began or ended a fault: the same nemesis's op before it, which asked for that. */
function nemesisOpsBefore(ops: readonly Op[], faults: readonly FaultWindow[]): Map<number, Op> {
  const wanted = new Set(faults.flatMap(({startIndex, endIndex}) => [startIndex, endIndex]))
  const last = new Map<Op['process'], Op>()
  const before = new Map<number, Op>()
  for (const op of ops) {
    if (isClientOp(op)) continue
    const asked = last.get(op.process)
    if (asked !== undefined && wanted.has(op.index)) before.set(op.index, asked)
    last.set(op.process, op)
  }
  return before
}

/** The links that a description names: between any two of its groups both ways, or one way along its arrows. */
export function linksFrom(description: string): LinkName[] {
  const groups = [...description.matchAll(/\{([^{}]*)\}/g)].map((match) => namesIn(match[1] as string))
  if (groups.length >= 2) {
    const oneWay = /\}\s*(→|->)\s*\{/.test(description)
    return groups.flatMap((left, i) =>
      groups.flatMap((right, j) => (i === j || (oneWay && i > j) ? [] : between(left, right))),
    )
  }
  return [...description.matchAll(/([\w.-]+)\s*(→|->|⇸|↛|⇥)\s*([\w.-]+)/g)].map((match) => ({
    from: match[1] as string,
    to: match[3] as string,
  }))
}

function namesIn(group: string): string[] {
  return group.split(/[\s,]+/).filter((name) => name !== '')
}

function between(left: readonly string[], right: readonly string[]): LinkName[] {
  return left.flatMap((from) => right.filter((to) => to !== from).map((to) => ({from, to})))
}
