/**
 * What the harness and a hosted node say to each other on the node's standard input and output, one JSON value a line.
 * When standard input ends, the harness is gone and the node ends too.
 */

import type {DiskProbe} from '../../core/cluster.ts'
import type {Endpoint} from '../../core/links.ts'
import type {Message, NodeId} from '../../core/node.ts'
import type {DiskState} from './disk-faults.ts'

export type Address = Endpoint

/** The first line to a node: who it is. */
export interface Boot {
  /** Module whose export `protocol` (or default export's) is the node's code: a built file, relative to `dist/`. */
  readonly module: string
  readonly id: NodeId
  readonly nodes: readonly NodeId[]
  readonly bugs: readonly string[]
  readonly args: Readonly<Record<string, string>>
  /** Seed of this node's stream of chance, from this start on. */
  readonly seed: string
  readonly directory: string
  /** Ports to take if they are free; 0 for any. */
  readonly peerPort: number
  readonly clientPort: number
  /** The harness's zero of time on the machine's monotonic clock, ns, as decimal text. */
  readonly originNs: string
  /** What the node's clock reads ahead of the machine's, ms. */
  readonly skewMs: number
  readonly disk: DiskState
}

/** Later lines to a node. */
export type Order =
  /** Where each peer is to be dialled; the protocol starts now. */
  | {readonly peers: Readonly<Record<NodeId, Address>>}
  | {readonly skewMs: number}
  /** Say what your clock reads. */
  | {readonly readClock: true}
  | {readonly disk: DiskState}
  /** Say what is wrong with your disk. */
  | {readonly readDisk: true}
  /** Write something of ours and sync it. */
  | {readonly probeDisk: true}
  /** Leave a mark that is synced, and one that is not. */
  | {readonly markDisk: true}

/** Lines from a node. */
export type Notice =
  | {readonly listening: {readonly peerPort: number; readonly clientPort: number}}
  | {readonly started: true}
  | {readonly event: Message; readonly timeNs: number}
  /** What the node's clock reads, ms. */
  | {readonly clockMs: number}
  | {readonly diskWords: string}
  | {readonly probed: DiskProbe}
  | {readonly marked: true}
