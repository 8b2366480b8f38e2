/**
 * Raft without terms: a leader is elected by majority, heartbeats keep it in office, its log overwrites the followers', and an
 * entry is committed when a majority has it. All that is missing is the number that says which of two leaders is the newer.
 *
 * A leader that was cut off goes on leading, and when it is back its followers obey whoever wrote last. Votes know no term
 * either, so nothing says that a vote was for an election of long ago.
 */
import type {Env, Message, Node, NodeId, RequestId} from '../../core/node.ts'
import {Objects} from '../state-machine/objects.ts'
import {sketched} from './protocol.ts'
import {type Asked, answer, type Change, changeOf, takeRequest} from './requests.ts'

const HEARTBEAT_MS = 40
const ELECTION_MS = 150

class NaiveRaftNode implements Node {
  readonly #env: Env
  readonly #majority: number
  #role: 'leader' | 'follower' | 'candidate' = 'follower'
  #leader: NodeId | null = null
  #votes = new Set<NodeId>()
  /** On disk. */
  #log: Change[]
  #committed = 0
  #objects = new Objects()
  #acknowledged = new Map<NodeId, number>()
  #waiting = new Map<number, Asked>()

  constructor(env: Env) {
    this.#env = env
    this.#majority = Math.floor(env.nodes.length / 2) + 1
    this.#log = env.disk.read('log').map((record) => JSON.parse(record) as Change)
  }

  start(): void {
    this.#expectLeader()
  }

  request(request: RequestId, message: Message): void {
    const status = {type: 'status', role: this.#role, leader: this.#leader}
    const asked = takeRequest(this.#env, request, message, status)
    if (asked === undefined) return
    if (this.#role !== 'leader') answer(this.#env, asked, {type: 'redirect', leader: this.#leader})
    else if (message.type === 'read') answer(this.#env, asked, this.#objects.look(asked.f, asked.key))
    else {
      this.#append(this.#log.length, [changeOf(asked)])
      this.#waiting.set(this.#log.length, asked)
      this.#sendLog()
    }
  }

  timer(name: string): void {
    if (name === 'heartbeat' && this.#role === 'leader') {
      this.#env.setTimer('heartbeat', HEARTBEAT_MS)
      this.#sendLog()
    } else if (name === 'election' && this.#role !== 'leader') {
      this.#role = 'candidate'
      this.#leader = null
      this.#votes = new Set([this.#env.id])
      this.#env.event({type: 'candidate'})
      this.#broadcast({type: 'vote', length: this.#log.length})
      this.#expectLeader()
    }
  }

  message(from: NodeId, message: Message): void {
    if (message.type === 'vote') {
      // The log check is there; which election this is for, nobody knows.
      const granted = this.#leader === null && (message['length'] as number) >= this.#log.length
      if (granted) this.#env.send(from, {type: 'granted'})
    } else if (message.type === 'granted') {
      this.#votes.add(from)
      if (this.#role === 'candidate' && this.#votes.size >= this.#majority) this.#lead()
    } else if (message.type === 'append') this.#follow(from, message)
    else if (this.#role === 'leader') {
      this.#acknowledged.set(from, message['length'] as number)
      this.#commitWhatAMajorityHas()
    }
  }

  #lead(): void {
    this.#role = 'leader'
    this.#leader = this.#env.id
    this.#acknowledged.clear()
    this.#env.event({type: 'leader'})
    this.#env.cancelTimer('election')
    this.timer('heartbeat')
  }

  #follow(from: NodeId, message: Message): void {
    if (this.#role === 'leader' && this.#log.length > (message['entries'] as Change[]).length) return
    this.#role = 'follower'
    this.#leader = from
    this.#expectLeader()
    const entries = message['entries'] as unknown as Change[]
    const differs = entries.findIndex((entry, i) => !alike(entry, this.#log[i]))
    if (differs >= 0) this.#append(differs, entries.slice(differs))
    if (differs >= 0 && differs < this.#committed) this.#replay(differs)
    this.#commit(Math.min(message['committed'] as number, this.#log.length))
    this.#env.send(from, {type: 'appended', length: entries.length})
  }

  /** The log from this position on is this; on disk when it returns. */
  #append(at: number, entries: readonly Change[]): void {
    this.#log = [...this.#log.slice(0, at), ...entries]
    this.#env.disk.truncate('log', at)
    for (const entry of entries) this.#env.disk.append('log', JSON.stringify(entry))
    this.#env.disk.sync('log')
  }

  /** What was committed after this position was overwritten. */
  #replay(from: number): void {
    this.#objects = new Objects()
    this.#committed = 0
    this.#commit(from)
  }

  #commitWhatAMajorityHas(): void {
    const lengths = [this.#log.length, ...this.#acknowledged.values()].sort((left, right) => right - left)
    this.#commit(lengths[this.#majority - 1] ?? 0)
  }

  #commit(upTo: number): void {
    while (this.#committed < upTo) {
      const {f, key, value} = this.#log[this.#committed++] as Change
      const reply = this.#objects.perform(f, key, value)
      const asked = this.#waiting.get(this.#committed)
      this.#waiting.delete(this.#committed)
      if (asked !== undefined) answer(this.#env, asked, reply)
    }
  }

  #sendLog(): void {
    this.#broadcast({type: 'append', entries: this.#log, committed: this.#committed})
  }

  #expectLeader(): void {
    this.#env.setTimer('election', ELECTION_MS * (1 + this.#env.random.next()))
  }

  #broadcast(message: Message): void {
    for (const node of this.#env.nodes) if (node !== this.#env.id) this.#env.send(node, message)
  }
}

function alike(entry: Change, own: Change | undefined): boolean {
  return entry === own || JSON.stringify(entry) === JSON.stringify(own)
}

export const protocol = sketched((env) => new NaiveRaftNode(env), {leads: true})
