/** Every toxic by the name clients use. A new one is one file and one line. */

import type {Attributes} from '../api.ts'
import {bandwidth} from './bandwidth.ts'
import {latency} from './latency.ts'
import {limitData} from './limit-data.ts'
import {noop} from './noop.ts'
import {outOfRange} from './range.ts'
import {resetPeer} from './reset-peer.ts'
import {slicer} from './slicer.ts'
import {slowClose} from './slow-close.ts'
import {timeout} from './timeout.ts'
import type {Toxic} from './toxic.ts'

export const TOXICS = {
  bandwidth,
  latency,
  limit_data: limitData,
  noop,
  reset_peer: resetPeer,
  slicer,
  slow_close: slowClose,
  timeout,
} satisfies Record<string, Toxic>

export type ToxicType = keyof typeof TOXICS

/** The toxic of this name, if there is one. */
export function toxicOf(type: string): Toxic | undefined {
  return Object.hasOwn(TOXICS, type) ? TOXICS[type as ToxicType] : undefined
}

/** Why a toxic with these attributes makes no sense, if it does not. */
export function refusal(type: string, attributes: Attributes): string | undefined {
  const toxic = toxicOf(type)
  return toxic && outOfRange(toxic, attributes)
}
