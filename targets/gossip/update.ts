/**
 * The unit of gossip: one local operation of one node, named by a *dot* (origin, sequence). Dots of one origin are numbered
 * 1, 2, 3 …, so that a vector of numbers says exactly what a node has seen (version vectors: Parker et al. 1983; dots:
 * Preguiça et al. 2010, "Dotted Version Vectors").
 *
 * An update is *live* as long as some node may still need it to reach the same state, and *superseded* once another update
 * makes it irrelevant: an older write of a register, an older total of a counter, an add that was removed.
 */
import type {Json, NodeId} from '../../core/node.ts'

/** The name of an update. */
export type Dot = readonly [origin: NodeId, sequence: number]

type Named = {readonly origin: NodeId; readonly sequence: number; readonly key: string}

/** A register was written, at this hybrid time. */
export type WriteUpdate = Named & {
  readonly kind: 'write'
  readonly value: Json
  readonly wall: number
  readonly count: number
}

/** An element was added to a set; the dot is its unique tag. */
export type AddUpdate = Named & {readonly kind: 'add'; readonly element: Json}

/** These tags of an element, all that the remover had seen, were removed. */
export type RemoveUpdate = Named & {readonly kind: 'remove'; readonly element: Json; readonly tags: readonly Dot[]}

/** What the origin alone has counted up and down so far, in total. */
export type CountUpdate = Named & {readonly kind: 'count'; readonly up: number; readonly down: number}

export type Update = WriteUpdate | AddUpdate | RemoveUpdate | CountUpdate

/** A dot as one string, for use as a key. */
export function dotName(dot: Dot): string {
  return `${dot[0]}:${dot[1]}`
}

export function dotOf(update: Update): Dot {
  return [update.origin, update.sequence]
}
