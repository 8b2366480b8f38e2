/**
 * A bundled node as a Maelstrom node: the third host of the same protocol code. It reads messages on standard input and prints
 * its own, so Maelstrom itself can run it as well as we can.
 *
 * Clients of Maelstrom speak to any node. Each of them gets a session of the target here, at the node that it asked, which
 * follows hints to the leader as everywhere: its requests to other nodes travel as messages between nodes.
 */
import type {Outcome} from '../../../core/client.ts'
import type {Disk, Env, Message, Node, NodeId, Session, SessionEnv} from '../../../core/node.ts'
import type {Random} from '../../../core/random.ts'
import type {Protocol, TargetOptions} from '../../../core/target.ts'
import {isClient} from '../names.ts'
import type {Body, Packet} from '../packet.ts'
import {answerTo, type PHRASEBOOKS} from './phrasebook.ts'

/** Messages of sessions between nodes. Those of the protocol itself travel as they are. */
const REQUEST = 'session-request'
const REPLY = 'session-reply'

export interface OwnNodeOptions {
  readonly protocol: Protocol
  readonly phrasebook: (typeof PHRASEBOOKS)[string]
  readonly bugs: readonly string[]
  readonly args: Readonly<Record<string, string>>
  readonly random: Random
  /** The disk of the node of this name. */
  disk(id: NodeId): Disk
  print(packet: Packet): void
  log(line: string): void
  nowMs(): number
}

/** A client of Maelstrom's, with the call that is under way. */
interface Caller {
  readonly session: Session
  readonly timers: Timers
  settle: ((outcome: Outcome) => void) | undefined
}

export class OwnNode {
  readonly #options: OwnNodeOptions
  readonly #callers = new Map<string, Caller>()
  /** Who waits for the answer to which request of this node. */
  readonly #requests = new Map<string, {readonly from: NodeId; readonly caller: string}>()
  #id: NodeId = ''
  #target: TargetOptions = {nodes: [], bugs: [], args: {}}
  #node: Node | undefined
  #next = 0

  constructor(options: OwnNodeOptions) {
    this.#options = options
  }

  /** A message has come. */
  receive({src, body}: Packet): void {
    if (body.type === 'init') this.#begin(src, body)
    else if (isClient(src)) this.#serve(src, body)
    else if (body.type === REQUEST) this.#request(src, String(body['caller']), body['message'] as Message)
    else if (body.type === REPLY) this.#answered(src, String(body['caller']), body['message'] as Message)
    else this.#node?.message(src, body as Message)
  }

  #begin(src: string, {node_id, node_ids, msg_id}: Body): void {
    const {protocol, phrasebook, bugs, args} = this.#options
    this.#id = String(node_id)
    const nodes = node_ids as NodeId[]
    this.#target = {nodes, bugs, args: {workload: phrasebook.workload, ...args}}
    this.#node = protocol.createNode(this.#env(nodes), this.#target)
    this.#node.start()
    this.#print(src, {type: 'init_ok', in_reply_to: msg_id})
  }

  #serve(src: string, request: Body): void {
    const reply = (answer: Body) => this.#print(src, {...answer, in_reply_to: request['msg_id']})
    // Whom to talk to is the protocol's own business.
    if (request.type === 'topology') {
      reply({type: 'topology_ok'})
      return
    }
    const phrase = this.#options.phrasebook.phrase(request)
    if (phrase === undefined) {
      reply({type: 'error', code: 10, text: `${request.type} is not supported`})
      return
    }
    let caller = this.#callers.get(src)
    // It has given up the call before, which may still be under way: a session has one at a time.
    if (caller === undefined || caller.settle !== undefined) caller = this.#newCaller(src, caller)
    caller.settle = (outcome) => reply(answerTo(request, phrase, outcome))
    caller.session.invoke(phrase.call)
  }

  #newCaller(src: string, before: Caller | undefined): Caller {
    before?.timers.clear()
    const id = `${this.#id}.${src}.${this.#next++}`
    const timers = new Timers((name) => caller.session.timer(name))
    const settle = (outcome: Outcome) => {
      const {settle} = caller
      caller.settle = undefined
      settle?.(outcome)
    }
    const env: SessionEnv = {
      id,
      nodes: this.#target.nodes,
      home: this.#id,
      random: this.#options.random.fork(`client:${id}`),
      now: () => this.#options.nowMs(),
      send: (to, message) => {
        if (to === this.#id) setImmediate(() => this.#request(this.#id, src, message))
        else this.#print(to, {type: REQUEST, caller: src, message})
      },
      setTimer: (name, delayMs) => timers.set(name, delayMs),
      cancelTimer: (name) => timers.cancel(name),
      ok: (value) => settle({type: 'ok', value}),
      fail: (error) => settle({type: 'fail', error}),
      unknown: (error) => settle({type: 'info', error}),
    }
    const caller: Caller = {
      session: this.#options.protocol.createSession(env, this.#target),
      timers,
      settle: undefined,
    }
    this.#callers.set(src, caller)
    return caller
  }

  /** A session, here or on another node, asks this node. */
  #request(from: NodeId, caller: string, message: Message): void {
    const request = String(this.#next++)
    this.#requests.set(request, {from, caller})
    this.#node?.request(request, message)
  }

  #answered(by: NodeId, caller: string, message: Message): void {
    this.#callers.get(caller)?.session.message(by, message)
  }

  #env(nodes: readonly NodeId[]): Env {
    const timers = new Timers((name) => this.#node?.timer(name))
    const {random, disk, log, nowMs} = this.#options
    return {
      id: this.#id,
      nodes,
      disk: disk(this.#id),
      random: random.fork(`node:${this.#id}`),
      now: nowMs,
      send: (to, message) => this.#print(to, message),
      reply: (request, message) => {
        const asked = this.#requests.get(request)
        this.#requests.delete(request)
        if (asked === undefined) return
        if (asked.from === this.#id) setImmediate(() => this.#answered(this.#id, asked.caller, message))
        else this.#print(asked.from, {type: REPLY, caller: asked.caller, message})
      },
      setTimer: (name, delayMs) => timers.set(name, delayMs),
      cancelTimer: (name) => timers.cancel(name),
      log,
      event: (event) => log(JSON.stringify(event)),
    }
  }

  #print(dest: string, body: Body): void {
    this.#options.print({src: this.#id, dest, body})
  }
}

/** Timers by name. */
class Timers {
  readonly #pending = new Map<string, NodeJS.Timeout>()
  readonly #ring: (name: string) => void

  constructor(ring: (name: string) => void) {
    this.#ring = ring
  }

  set(name: string, delayMs: number): void {
    this.cancel(name)
    const timer = setTimeout(() => {
      this.#pending.delete(name)
      this.#ring(name)
    }, delayMs)
    this.#pending.set(name, timer)
  }

  cancel(name: string): void {
    clearTimeout(this.#pending.get(name))
    this.#pending.delete(name)
  }

  clear(): void {
    for (const name of [...this.#pending.keys()]) this.cancel(name)
  }
}
