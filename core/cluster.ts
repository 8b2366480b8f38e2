/**
 * A running target and what can be done to it, in groups. A group is absent where nothing of it can be done; which single
 * things can be done is known before anything starts (`core/capabilities.ts`).
 */
import type {Client} from './client.ts'
import type {Messages} from './messages.ts'
import type {NetworkControl} from './network.ts'
import type {Message, NodeId} from './node.ts'

/** How a node's process is, as the operating system (or the simulator) sees it. */
export type ProcessState = 'running' | 'paused' | 'dead'

/** What can be done to the processes of nodes. */
export interface ProcessControl {
  /** Ends a node at once (SIGKILL); what it had not synced is lost. Resolves when it is gone. */
  kill(node: NodeId): Promise<void>
  /** Starts a killed node again with what is on its disk; nothing where it lives. Resolves when it runs. */
  restart(node: NodeId): Promise<void>
  /** Freezes a node and everything it has started. */
  pause?(node: NodeId): Promise<void>
  /** Lets a frozen node go on; nothing where it is not frozen. */
  resume?(node: NodeId): Promise<void>
  /** As the operating system has it, not as was asked for: the proof of a kill and a pause. */
  state(node: NodeId): Promise<ProcessState>
}

/** What can be done to the clocks of nodes. */
export interface ClockControl {
  /** Shifts what a node takes for the time, ms (positive: ahead); 0 puts it right. */
  skew(node: NodeId, offsetMs: number): Promise<void>
  /** Lets a node's clock run this much too fast, parts per million; 0 puts it right. Absent where it cannot. */
  drift?(node: NodeId, ppm: number): Promise<void>
  /** How far the node's clock is from the harness's now, ms, as the node itself says; undefined where it does not answer. */
  offsetMs(node: NodeId, limitMs: number): Promise<number | undefined>
}

/** How a disk is harmed. */
export type DiskFault =
  /** Every write fails for want of room. */
  | {readonly kind: 'full'}
  /** Every sync takes this much longer, ms. */
  | {readonly kind: 'slow'; readonly delayMs: number}
  /**
   * The node ends and what was not synced is gone, as when the power fails: at once or, with `torn`, in the midst of the
   * next write that it syncs, of which a part is then on the disk.
   */
  | {readonly kind: 'power-cut'; readonly torn: boolean}
  /** One bit of what is stored is turned over: `at` says where, as a share of it all. Checksums must catch it. */
  | {readonly kind: 'bit-flip'; readonly at?: number}

/** A disk on which there is nothing that a fault could harm: nothing stored, nothing written. The node is left alone. */
export class NothingToHarm extends Error {
  override name = 'NothingToHarm'
}

/** What became of a small write of ours and its sync. */
export type DiskProbe = {readonly tookMs: number} | {readonly refused: string}

/** Which of our marks are on a disk: the one that was synced, and all of those that were not. */
export interface DiskMarks {
  readonly synced: boolean
  readonly unsynced: boolean
}

/** What can be done to the disks of nodes. */
export interface DiskControl {
  /** Harms a disk until `heal`. A node may end of it, which surprises nobody. Rejects with NothingToHarm where there is. */
  harm(node: NodeId, fault: DiskFault): Promise<void>
  heal(node: NodeId): Promise<void>
  /** What is in force on a node's disk according to the disk itself, in words; empty when sound. */
  readBack(node: NodeId): Promise<string>
  /** Writes and syncs something of ours where the node writes; undefined where that is impossible because it is down. */
  probe(node: NodeId): Promise<DiskProbe | undefined>
  /** Leaves marks on a disk, some synced and some not, by which to tell what a power cut has taken. */
  mark(node: NodeId): Promise<void>
  /** Which of them are there; takes them away. */
  marks(node: NodeId): Promise<DiskMarks>
}

/** What can be done to the membership of the cluster. */
export interface MembershipControl {
  /**
   * The members according to the cluster itself, asked of whoever answers: what the newest configuration in force says, not
   * what was asked for. The proof of `add` and `remove`.
   */
  members(): Promise<readonly NodeId[]>
  /** Makes a node a member again that was removed before; resolves once the cluster says so. Rejects with its refusal. */
  add(node: NodeId): Promise<void>
  /** Takes a member out; resolves once the cluster says so. Rejects with its refusal, of which the cluster may still think better. */
  remove(node: NodeId): Promise<void>
  /** Makes members of all that were removed and not added again. */
  restore(): Promise<void>
}

/** What can be seen of nodes, not over any faulty link. */
export interface Observation {
  /** Whether the node itself answers; undefined where nothing is known that it would answer to. */
  responds(node: NodeId, limitMs: number): Promise<boolean | undefined>
  /** What the node says of itself (`core/status.ts`); undefined where it does not answer. */
  status(node: NodeId): Promise<Message | undefined>
}

export interface Cluster {
  readonly nodes: readonly NodeId[]
  /** A connection to one node for one process of the history. */
  openClient(node: NodeId, process: number): Promise<Client>
  /** Ends everything that was started; resolves when nothing is left. Never rejects for a node already gone. */
  stop(): Promise<void>
  /**
   * Told of a node that ended though nobody had ended it; answers whether it had served since it was started. Present where the
   * cluster is to live with that, as its makers promise; otherwise it ends the run.
   */
  nodeEnded?(node: NodeId): {readonly served: boolean}
  /** What an operator would have to do by hand after faults were undone; called before the cluster is waited for. */
  repair?(): Promise<void>
  /** How many messages there were so far, where the cluster itself carries each of them. */
  messages?(): Messages
  /** What it runs on, in a few words: "25 proxied links, embedded toxiproxy". */
  describe?(): string

  readonly process?: ProcessControl
  readonly network?: NetworkControl
  readonly clock?: ClockControl | undefined
  readonly disk?: DiskControl | undefined
  readonly membership?: MembershipControl | undefined
  readonly observe?: Observation
}

/** A node's structured event as recorded. */
export interface NodeEvent {
  readonly timeNs: number
  readonly node: NodeId
  readonly event: Message
}
