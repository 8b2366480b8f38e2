/**
 * A running target and what can be done to it. Everything that not every target can do is optional: a capability that is
 * missing cannot be injected, and asking for a fault that needs it is refused before the run starts.
 */
import type {Client} from './client.ts'
import type {NetworkControl} from './network.ts'
import type {Message, NodeId} from './node.ts'

/** How a node's process is, as the operating system (or the simulator) sees it. */
export type ProcessState = 'running' | 'paused' | 'dead'

export interface Cluster {
  readonly nodes: readonly NodeId[]
  /** A connection to one node for one process of the history. */
  openClient(node: NodeId, process: number): Promise<Client>
  /** Ends everything that was started; resolves when nothing is left. Never rejects for a node already gone. */
  stop(): Promise<void>

  /** What it runs on, in a few words: "25 proxied links, embedded toxiproxy". */
  describe?(): string
  readonly network?: NetworkControl
  /** Ends a node at once (SIGKILL); what it had not synced is lost. Resolves when it is gone. */
  kill?(node: NodeId): Promise<void>
  /** Starts a killed node again with what is on its disk. Resolves when it answers. */
  restart?(node: NodeId): Promise<void>
  /** Freezes a node (SIGSTOP). */
  pause?(node: NodeId): Promise<void>
  resume?(node: NodeId): Promise<void>
  /** Shifts what a node takes for the time, ms (positive: ahead); 0 puts it right. */
  skewClock?(node: NodeId, offsetMs: number): Promise<void>

  processState?(node: NodeId): Promise<ProcessState>
  /** Whether the node itself answers, not over any faulty link. */
  responds?(node: NodeId, limitMs: number): Promise<boolean>
  /** The node that leads, if the target knows leaders and one leads now. */
  leader?(): Promise<NodeId | undefined>
  /** What each node says of itself, for the report and for waiting until a cluster is ready. */
  status?(node: NodeId): Promise<Message | undefined>
  /** Resolves once every node is up and the cluster can serve, or rejects when `limitMs` has passed. */
  ready?(limitMs: number): Promise<void>
}

/** A node's structured event as recorded. */
export interface NodeEvent {
  readonly timeNs: number
  readonly node: NodeId
  readonly event: Message
}
