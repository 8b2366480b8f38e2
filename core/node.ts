/**
 * The contract between protocol code and whatever hosts it. A bundled node is a synchronous event handler: it is told of
 * messages, timers and requests, and answers through its `Env`. It knows no promise, no socket, no global clock and no
 * ambient chance, so the same file runs as a TCP subprocess, in the simulator and as a Maelstrom node.
 *
 * The other half of a bundled target, the client library with its session, retries and leader hints, is written the same
 * way (`Session`), for the same reason.
 */
import type {Random} from './random.ts'

export type NodeId = string

export type Json = null | boolean | number | string | readonly Json[] | {readonly [field: string]: Json}

/** What nodes and sessions send each other: a JSON object with a `type`. Treat a received one as immutable. */
export type Message = {readonly type: string} & {readonly [field: string]: Json}

/** The type of events by which a network tells of single messages: `to`, `kind` (the message's own type), what it says. */
export const MESSAGE_EVENT = 'message'

/** Opaque address of one request of one client connection; valid until replied to, dropped silently when it is gone. */
export type RequestId = string

/** A protocol participant. Handlers run to completion, one at a time. A thrown error is a crash of the node. */
export interface Node {
  /** The node has booted; state from before a crash is on `env.disk`. Called once, first. */
  start(): void
  /** A message from a peer. Delivery may be late, repeated, reordered or never. */
  message(from: NodeId, message: Message): void
  /** The timer of this name has run out. */
  timer(name: string): void
  /** A message from a client's session; answer with `env.reply(request, …)`, now, later or never. */
  request(request: RequestId, message: Message): void
}

/** What a node can do. */
export interface Env {
  readonly id: NodeId
  /** Every node of the cluster, this one included, in the same order everywhere. */
  readonly nodes: readonly NodeId[]
  readonly disk: Disk
  readonly random: Random
  /** This node's own idea of the time, in ms. It may be skewed against other nodes' and must not be trusted across them. */
  now(): number
  /** Sends to a peer (not to oneself). Never fails; may never arrive. */
  send(to: NodeId, message: Message): void
  /** Answers a request. Later answers to the same request are dropped. */
  reply(request: RequestId, message: Message): void
  /** Calls `node.timer(name)` once after `delayMs` of this node's time; a pending timer of that name is replaced. */
  setTimer(name: string, delayMs: number): void
  cancelTimer(name: string): void
  /** A line for the node's log. */
  log(line: string): void
  /**
   * A structured event for invariant checks and the report, e.g. `{type: 'leader', term: 3}`. Peers that something was sent
   * to stand in `to` (a name or several), the peer that was heard in `from`: the report draws them as messages. For what is
   * rare, not for every message.
   */
  event(event: Message): void
}

/**
 * A node's disk: named files of records. A record is a JSON value, and it is the host that writes it out, with what it
 * takes to notice that it was torn or has decayed. What was not synced is lost by a crash, wholly or from some record on;
 * what was synced is never lost. Reads see unsynced changes. Treat what was read or written as immutable.
 */
export interface Disk {
  /** All records of a file, oldest first; empty for a file never written. `T` is what the node itself has put there. */
  read<T extends Json = string>(file: string): readonly T[]
  /** Adds a record at the end. */
  append(file: string, record: Json): void
  /** Keeps only the first `records` records. */
  truncate(file: string, records: number): void
  /** Replaces the whole content; atomic: after a crash it is the old content or the new. */
  replace(file: string, records: readonly Json[]): void
  /** Everything done to this file so far (to every file, without a name) survives crashes from here on. */
  sync(file?: string): void
}

/** One call of a client's session: what the workload wants done. */
export interface Call {
  readonly f: string
  readonly key: string | null
  readonly value: Json
}

/**
 * The client half of a bundled target: turns a call into messages to nodes, retries within its deadline, and settles.
 * One call at a time. The host ends a call that takes longer than its deadline as *info* and then discards the session.
 */
export interface Session {
  /** A new call; settle it through `env.ok`, `env.fail` or (nobody can know) `env.unknown`. */
  invoke(call: Call): void
  /** An answer from a node, perhaps to an earlier attempt. */
  message(from: NodeId, message: Message): void
  timer(name: string): void
}

/** What a session can do. */
export interface SessionEnv {
  /** Unique in the run; survives nothing. */
  readonly id: string
  readonly nodes: readonly NodeId[]
  /** The node that this client is pinned to and should try first. */
  readonly home: NodeId
  readonly random: Random
  /** ms, monotonic. */
  now(): number
  /** Sends a request to a node. Never fails; may never arrive, may be answered late. */
  send(to: NodeId, message: Message): void
  setTimer(name: string, delayMs: number): void
  cancelTimer(name: string): void
  /** It happened. `value` is the result (for a write: the argument). */
  ok(value: Json): void
  /** It certainly did not happen. */
  fail(reason: string): void
  /** Nobody can know. */
  unknown(reason: string): void
}
