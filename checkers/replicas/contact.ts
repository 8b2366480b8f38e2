/**
 * Who could hear whom while faults were in force, from the record alone: which nodes stood still, which links were cut. Faults
 * that spoil links without cutting them (latency, loss, …) are taken to part everybody: better no accusation than a false one. So
 * a fault whose proof took its time counts from when it was asked for; who is dead is so for certain from when it was proved.
 */
import type {FaultWindow, History} from '../../core/history.ts'

/** Nodes that stand still for as long as it lasts. */
const STOPPED = new Set(['kill', 'pause', 'disk', 'membership'])
/** Links cut, and nothing else. */
const CUT = new Set(['partition'])

const NS_PER_MS = 1e6
/**
 * A proof that takes no longer than this, ms, is a look at silence (a pause is seen by 200 ms of it), and less than what a failure
 * detector needs beyond what excuses it. One that takes longer kept a fault in force for as long.
 */
const PROMPT_MS = 300

/** From when on a fault may have parted somebody. */
function sinceNs({askedNs, startNs}: FaultWindow): number {
  return startNs - askedNs > PROMPT_MS * NS_PER_MS ? askedNs : startNs
}

export class Contact {
  readonly #nodes: readonly string[]
  readonly #faults: readonly FaultWindow[]

  constructor(nodes: readonly string[], history: Pick<History, 'faults'>) {
    this.#nodes = nodes
    this.#faults = history.faults
  }

  /**
   * How long this node was out of contact with any other, with no third one between them, within these times, ms: all such
   * times together, whoever the other was. News of it that one has missed, the next one misses.
   */
  lostMs(node: string, fromNs: number, toNs: number): number {
    const faults = this.#faults.filter((fault) => sinceNs(fault) <= toNs && fault.endNs >= fromNs)
    return faults.length === 0 ? 0 : lostMs(faults, this.#nodes, node, fromNs, toNs)
  }

  /** Since when a node has been killed, and nothing else was wrong with anybody but those that were killed. */
  deadSince(node: string, reader: string, fromNs: number, toNs: number): number | undefined {
    const faults = this.#faults.filter((fault) => sinceNs(fault) <= toNs && fault.endNs >= fromNs)
    if (!faults.every(({fault, victims}) => fault === 'kill' && !victims.includes(reader))) return undefined
    const killed = faults.find(({victims, verified, endNs}) => verified && endNs > toNs && victims.includes(node))
    return killed?.startNs
  }
}

/** How long not all could hear this node, ms. */
function lostMs(
  faults: readonly FaultWindow[],
  nodes: readonly string[],
  node: string,
  fromNs: number,
  toNs: number,
): number {
  const edges = new Set([fromNs, toNs])
  for (const fault of faults)
    for (const edge of [sinceNs(fault), fault.endNs]) if (edge > fromNs && edge < toNs) edges.add(edge)
  const times = [...edges].sort((left, right) => left - right)
  let lostNs = 0
  for (let i = 1; i < times.length; i++) {
    const [start, end] = [times[i - 1] as number, times[i] as number]
    const inForce = faults.filter((fault) => sinceNs(fault) < end && fault.endNs > start)
    if (nodes.some((other) => other !== node && !connected(inForce, nodes, other, node))) lostNs += end - start
  }
  return lostNs / NS_PER_MS
}

/** Whether they hear each other, at first hand or through a third node, with these faults in force. */
function connected(faults: readonly FaultWindow[], nodes: readonly string[], from: string, to: string): boolean {
  const stopped = new Set<string>()
  const cut = new Set<string>()
  for (const {fault, victims, links} of faults) {
    if (STOPPED.has(fault)) for (const victim of victims) stopped.add(victim)
    else if (CUT.has(fault) && links !== undefined) for (const link of links) cut.add(`${link.from}→${link.to}`)
    else return false
  }
  const hear = (left: string, right: string) => !cut.has(`${left}→${right}`) && !cut.has(`${right}→${left}`)
  if (stopped.has(from) || stopped.has(to)) return false
  if (hear(from, to)) return true
  return nodes.some(
    (third) => third !== from && third !== to && !stopped.has(third) && hear(from, third) && hear(third, to),
  )
}
