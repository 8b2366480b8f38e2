/**
 * What the links of a run are meant to be like: a list of desired blocks and toxics, each with the fault that caused it. What
 * a proxy must look like follows from the list, so faults overlap freely and ending one never heals another's.
 */
import type {CutMode, Link} from '../../core/network.ts'
import type {Attributes, Direction} from '../toxiproxy/api.ts'

/** A toxic on a link. `name` tells several of one cause apart. */
export interface LinkToxic {
  name: string
  type: string
  attributes: Attributes
  /** The share of connections it hits; 1 when absent. */
  toxicity?: number
}

export type Desired = {readonly cause: string; readonly link: Link} & (
  | {readonly block: CutMode}
  | {readonly toxic: LinkToxic}
)

/** A toxic as the server knows it. */
export interface ProxyToxic {
  type: string
  stream: Direction
  attributes: Attributes
  toxicity: number
}

/** What one proxy looks like, or must. */
export interface ProxyState {
  enabled: boolean
  toxics: Map<string, ProxyToxic>
}

export function isBlock(desired: Desired): boolean {
  return 'block' in desired
}

export function isToxic(desired: Desired, name: string): boolean {
  return 'toxic' in desired && desired.toxic.name === name
}

export function isFrom(desired: Desired, {from, to}: Link, cause: string): boolean {
  return desired.cause === cause && desired.link.from === from && desired.link.to === to
}

/**
 * The state that a proxy from one end to the other must have. The bytes that flow i→j are in two places: upstream on the
 * proxy that i dials j through, and downstream on the one that j dials i through.
 */
export function stateOf(list: readonly Desired[], {from, to}: Link): ProxyState {
  const toxics = new Map<string, ProxyToxic>()
  let enabled = true
  for (const desired of list) {
    const forth = desired.link.from === from && desired.link.to === to
    const back = desired.link.from === to && desired.link.to === from
    if (!forth && !back) continue
    const stream = forth ? 'upstream' : 'downstream'
    if ('toxic' in desired) {
      const {name, type, attributes, toxicity = 1} = desired.toxic
      toxics.set(toxicName(desired.cause, name, stream), {type, stream, attributes, toxicity})
    } else if (desired.block === 'refuse' && forth) enabled = false
    // Refused or not, the same bytes could still travel as answers on connections that the other side dialled.
    else toxics.set(toxicName('', BLOCK, stream), {type: 'timeout', stream, attributes: {timeout: 0}, toxicity: 1})
  }
  return {enabled, toxics}
}

/** What the toxic of a block is called, whoever caused it. */
const BLOCK = 'block'

/** Whether a toxic of this name is what blocks a link. */
export function isBlockName(name: string): boolean {
  return name.startsWith(`${BLOCK}_`)
}

/** Names go into URLs and must differ between the two streams of a proxy. */
export function toxicName(cause: string, name: string, stream: Direction): string {
  return `${causePrefix(cause)}${safe(name)}_${stream}`
}

/** What the names of a cause's toxics begin with. */
export function causePrefix(cause: string): string {
  return cause === '' ? '' : `${safe(cause)}.`
}

function safe(text: string): string {
  return text.replaceAll(/[^A-Za-z0-9._-]/g, '_')
}

/** The server fills in attributes that were not given, so only the given ones are compared. */
export function sameToxic(present: ProxyToxic, desired: ProxyToxic): boolean {
  return (
    present.toxicity === desired.toxicity &&
    Object.entries(desired.attributes).every(([key, value]) => present.attributes[key] === value)
  )
}
