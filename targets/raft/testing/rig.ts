/**
 * One Raft server on a bench: told of messages, timers and requests by hand, and what it does about them read off as lines
 * in the paper's notation. Nothing happens by itself.
 *
 *     const rig = new Rig({log: [1, 1, 4], term: 4})
 *     rig.hear('n2', append({term: 5, after: [3, 4], entries: [5]}))   // ['sync state', 'sync log', '→ n2 matches 4, t5']
 *
 * An entry is written as its term; `after: [3, 4]` is "the entry before has index 3 and term 4".
 */
import type {Disk, Env, Message, NodeId} from '../../../core/node.ts'
import {createRandom} from '../../../core/random.ts'
import {SimDisk} from '../../../sim/disk.ts'
import {type Command, NOOP} from '../../state-machine/command.ts'
import type {Append, Entry, RaftMessage} from '../messages.ts'
import {RaftNode} from '../node.ts'
import type {Server} from '../server.ts'

export interface RigOptions {
  readonly id?: NodeId
  readonly nodes?: readonly NodeId[]
  /** The terms of the entries that are on its disk when it boots. */
  readonly log?: readonly number[]
  readonly term?: number
  readonly vote?: NodeId | null
  readonly args?: Readonly<Record<string, string>>
  readonly bugs?: readonly string[]
}

export class Rig {
  readonly id: NodeId
  /** What was sent, for tests that pass it on. */
  readonly outbox: {readonly to: NodeId; readonly message: RaftMessage}[] = []
  /** Names of timers that are set. */
  readonly timers = new Set<string>()
  readonly #options: RigOptions
  readonly #disk = new SimDisk(createRandom('rig').fork('disk'))
  #node: RaftNode
  #said: string[] = []

  constructor(options: RigOptions = {}) {
    this.#options = options
    this.id = options.id ?? 'n1'
    const {log = [], term = log.at(-1) ?? 0, vote = null} = options
    this.#disk.replace('state', [{term, vote}])
    this.#disk.replace('log', [{index: 0, term: 0}, ...entriesOf(log)])
    this.#disk.sync()
    this.#node = this.#boot()
  }

  get server(): Server {
    return this.#node.server
  }

  /** The terms of the entries in its log. */
  get log(): number[] {
    const {log} = this.server
    return Array.from({length: log.lastIndex - log.baseIndex}, (_, i) => log.entryAt(log.baseIndex + 1 + i).term)
  }

  hear(from: NodeId, message: RaftMessage): string[] {
    this.#node.message(from, message)
    return this.#told()
  }

  /** This timer runs out; it must be set. */
  expire(name: 'silence' | 'campaign' | 'heartbeat' | 'flush'): string[] {
    if (!this.timers.delete(name)) throw new Error(`timer ${name} is not set`)
    this.#node.timer(name)
    return this.#told()
  }

  ask(request: string, message: Message): string[] {
    this.#node.request(request, message)
    return this.#told()
  }

  /** Power fails, and comes back: what was not synced is gone. */
  crash(): string[] {
    this.#disk.crash()
    this.timers.clear()
    this.#node = this.#boot()
    return this.#told()
  }

  #boot(): RaftNode {
    const {nodes = ['n1', 'n2', 'n3'], args = {}, bugs = []} = this.#options
    const env: Env = {
      id: this.id,
      nodes,
      disk: this.#watched(),
      random: createRandom('rig'),
      now: () => 0,
      send: (to, message) => {
        this.outbox.push({to, message: message as RaftMessage})
        this.#said.push(`→ ${to} ${inWords(message as RaftMessage)}`)
      },
      reply: (request, message) => this.#said.push(`⇒ ${request} ${answerInWords(message)}`),
      setTimer: (name) => this.timers.add(name),
      cancelTimer: (name) => this.timers.delete(name),
      log: () => {},
      event: () => {},
    }
    const node = new RaftNode(env, {nodes, args, bugs})
    node.start()
    this.#said = []
    return node
  }

  /** The disk, telling when something became durable, so that order shows. */
  #watched(): Disk {
    const disk = this.#disk
    return {
      read: (file) => disk.read(file),
      append: (file, record) => disk.append(file, record),
      truncate: (file, records) => disk.truncate(file, records),
      replace: (file, records) => disk.replace(file, records),
      sync: (file) => {
        const before = disk.syncs
        disk.sync(file)
        if (disk.syncs > before) this.#said.push(`sync ${file ?? 'all'}`)
      },
    }
  }

  #told(): string[] {
    return this.#said.splice(0)
  }
}

/** Entries of these terms. The first of a log opens a session; every other adds its own index to a set. */
export function entriesOf(terms: readonly number[], firstIndex = 1): Entry[] {
  return terms.map((term, i) => ({term, command: commandOf(firstIndex + i)}))
}

function commandOf(index: number): Command {
  if (index === 1) return {type: 'open'}
  return {type: 'call', session: 1, seq: index, f: 'add', key: 'x', value: index}
}

export function append(about: {
  readonly term: number
  readonly after: readonly [index: number, term: number]
  readonly entries?: readonly number[]
  readonly commit?: number
  readonly round?: number
}): Append {
  const {term, after, entries = [], commit = 0, round = 0} = about
  const [prevIndex, prevTerm] = after
  return {
    type: 'append',
    term,
    prevIndex,
    prevTerm,
    entries: entriesOf(entries, prevIndex + 1),
    commitIndex: commit,
    round,
  }
}

/** Lets rigs talk to each other until nobody has anything to say. Answers how many messages that took. */
export function converse(...rigs: Rig[]): number {
  for (let messages = 0; messages < 10_000; messages++) {
    const sender = rigs.find(({outbox}) => outbox.length > 0)
    if (sender === undefined) return messages
    const {to, message} = sender.outbox.shift() as Rig['outbox'][number]
    rigs.find(({id}) => id === to)?.hear(sender.id, message)
  }
  throw new Error('they never stop talking')
}

function inWords(message: RaftMessage): string {
  switch (message.type) {
    case 'pre-vote':
      return `pre-vote for t${message.nextTerm}, log ends ${message.lastIndex}/t${message.lastTerm}`
    case 'vote':
      return `vote for t${message.term}, log ends ${message.lastIndex}/t${message.lastTerm}`
    case 'pre-vote-reply':
    case 'vote-reply':
      return `${message.granted ? 'yes' : 'no'}, t${message.term}`
    case 'append': {
      const {prevIndex, prevTerm, entries, commitIndex, term} = message
      const terms = entries.map((entry) => `t${entry.term}${entry.command === NOOP ? ' no-op' : ''}`)
      return `append t${term} after ${prevIndex}/t${prevTerm} [${terms.join(' ')}] commit ${commitIndex}`
    }
    case 'append-reply':
      if (message.matchIndex !== null) return `matches ${message.matchIndex}, t${message.term}`
      if (message.conflictTerm === null) return `differs from ${message.conflictIndex}, t${message.term}`
      return `differs: t${message.conflictTerm} from ${message.conflictIndex}, t${message.term}`
    case 'snapshot':
      return `snapshot ${message.index}/t${message.indexTerm} from ${message.offset} of ${message.length}`
    case 'snapshot-reply':
      return `snapshot ${message.index} wants ${message.offset}`
    case 'timeout-now':
      return `timeout now, t${message.term}`
    case 'read-index':
      return `read-index ${message.batch}`
    case 'read-index-reply':
      return `read-index ${message.batch} is ${message.index}`
  }
}

function answerInWords({type, attempt: _, ...rest}: Message): string {
  return [type, ...Object.values(rest).map((value) => JSON.stringify(value))].join(' ')
}
