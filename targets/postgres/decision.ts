/**
 * What the failover controller does next: a pure function of what is known. The controller is what repmgr, Patroni or
 * pg_auto_failover are elsewhere: small, and never down itself.
 *
 * The rules that make it safe:
 * - The *heir* is the standby that is known to have all that was acknowledged, since commits wait for it. Nobody takes over
 *   without it: either it does, or one that is known to have the same log and more of it, as a standby may have received
 *   what the heir has not. While another is being made the heir there is none, and nobody takes over.
 * - A primary is *closed* to clients from its start until its heir has its whole log. A crash makes visible what was
 *   committed there and never acknowledged; readers must not see it before it can no longer be lost.
 * - Who takes over does so after the old primary has been fenced (`controller.ts`).
 */
import type {NodeId} from '../../core/node.ts'
import type {Report} from './status.ts'

/** For how long no standby has heard the primary before it is given up, ms. */
export const LOST_MS = 1500
/** For how long the heir may not follow before another is named, ms. */
export const GONE_MS = 1500
/** For how long a standby may not follow, though it could, before it is made anew, ms. */
export const STUCK_MS = 4000

export interface Known {
  readonly nodes: readonly NodeId[]
  readonly primary: NodeId
  readonly heir: NodeId | undefined
  /** Whether commits wait for a standby. */
  readonly waitsForStandby: boolean
  /** Undefined where it does not answer. */
  readonly reports: ReadonlyMap<NodeId, Report | undefined>
  /** For how long each node has not reached the primary over its own link, ms. */
  readonly unheardMs: (node: NodeId) => number
  /** For how long each standby has not been receiving from the primary, though the primary was up, ms. */
  readonly strayMs: (node: NodeId) => number
  /** Nodes whose log is known to be a beginning of the primary's. */
  readonly trusted: ReadonlySet<NodeId>
  /** Nodes that the controller itself has ended, or that wait to be made anew. */
  readonly outside: ReadonlySet<NodeId>
  /** Nodes that are being made anew. */
  readonly rebuilding: ReadonlySet<NodeId>
  /** Whether servers that take themselves for the primary are made standbys again. */
  readonly tidies: boolean
}

export type Decision =
  | {readonly kind: 'fail-over'; readonly to: NodeId}
  /** Whom the primary's place was given to is a standby yet. */
  | {readonly kind: 'promote'}
  | {readonly kind: 'name-heir'; readonly heir: NodeId}
  | {readonly kind: 'open'}
  | {readonly kind: 'rebuild'; readonly node: NodeId}

/** Everything that is to be done now: one thing to the primary at most, and any number of nodes made anew. */
export function decide(known: Known): Decision[] {
  const {nodes, primary, reports, unheardMs, outside, rebuilding} = known
  const standbys = nodes.filter((node) => node !== primary)
  const living = standbys.filter((node) => reports.get(node)?.standby === true)
  const lost = living.length > 0 && living.every((node) => unheardMs(node) >= LOST_MS)
  const successor = lost ? successorOf(known, living) : undefined
  if (successor !== undefined) return [{kind: 'fail-over', to: successor}]
  const present = reports.get(primary)
  if (present === undefined) return []
  if (present.standby) return [{kind: 'promote'}]
  const rebuilds = standbys
    .filter((node) => !rebuilding.has(node) && unheardMs(node) < LOST_MS)
    .filter((node) => (reports.get(node) === undefined ? outside.has(node) : isAstray(node, known)))
    .map((node) => ({kind: 'rebuild', node}) as const)
  return [...ofPrimary(known, present), ...rebuilds]
}

function isAstray(node: NodeId, {reports, strayMs, tidies}: Known): boolean {
  return reports.get(node)?.standby === false ? tidies : strayMs(node) >= STUCK_MS
}

function successorOf({heir, waitsForStandby, reports, trusted}: Known, living: readonly NodeId[]): NodeId | undefined {
  if (waitsForStandby && !living.some((node) => node === heir)) return undefined
  const kept = (node: NodeId) => reports.get(node)?.kept ?? 0
  return living.filter((node) => node === heir || trusted.has(node)).sort((a, b) => kept(b) - kept(a))[0]
}

function ofPrimary({heir, waitsForStandby, nodes, strayMs}: Known, {closed, applied, followers}: Report): Decision[] {
  if (!waitsForStandby) return closed ? [{kind: 'open'}] : []
  const streaming = nodes.filter((node) => followers.some(({name, streaming: yes}) => yes && name === node))
  if (heir === undefined || (!streaming.includes(heir) && strayMs(heir) >= GONE_MS)) {
    const next = streaming.find((node) => node !== heir)
    return next === undefined ? [] : [{kind: 'name-heir', heir: next}]
  }
  const kept = followers.find(({name}) => name === heir)?.kept ?? 0
  return closed && streaming.includes(heir) && kept >= applied ? [{kind: 'open'}] : []
}
