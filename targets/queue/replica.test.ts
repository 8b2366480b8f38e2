/** One replica on a bench, told of messages by hand: what the others may count on, whatever comes late. */
import {describe, expect, test} from 'vitest'
import type {Env, NodeId} from '../../core/node.ts'
import {createRandom} from '../../core/random.ts'
import {SimDisk} from '../../sim/disk.ts'
import {Broker} from './broker.ts'
import type {Answer, BrokerMessage, LogRecord} from './messages.ts'
import type {Edit, Metadata, Partition} from './metadata.ts'
import {Replica} from './replica.ts'

const KEY = 'log/x'

/** Its log is written as the epochs of its records. */
class Rig {
  readonly outbox: {readonly to: NodeId; readonly message: BrokerMessage}[] = []
  readonly #edits: {readonly edit: Edit; readonly done: () => void}[] = []
  readonly #broker: Broker
  readonly #replica: Replica

  constructor(id: NodeId, partition: Partition, epochs: readonly number[]) {
    const env: Env = {
      id,
      nodes: partition.replicas,
      disk: new SimDisk(createRandom('replica')),
      random: createRandom('replica'),
      now: () => 0,
      send: (to, message) => this.outbox.push({to, message: message as unknown as BrokerMessage}),
      reply: () => {},
      setTimer: () => {},
      cancelTimer: () => {},
      log: () => {},
      event: () => {},
    }
    this.#broker = new Broker(env, {nodes: partition.replicas, bugs: [], args: {}})
    this.#broker.metadata = {version: 1, partitions: {[KEY]: partition}}
    this.#replica = new Replica(this.#broker, KEY, (edit, done) => this.#edits.push({edit, done}))
    this.#replica.log.append(records(epochs))
    this.#replica.learn()
  }

  get log(): number[] {
    const {log} = this.#replica
    return Array.from({length: log.end}, (_, i) => log.epochBefore(i + 1))
  }

  get inSync(): readonly NodeId[] {
    return this.#broker.partition(KEY)?.isr ?? []
  }

  hear(from: NodeId, message: BrokerMessage): void {
    if (message.type === 'fetch') this.#replica.fetched(from, message)
    else if (message.type === 'records') this.#replica.take(from, message)
    else if (message.type === 'diverged') this.#replica.cut(from, message)
    else throw new Error(`a replica is not told of ${message.type}`)
  }

  append(seq: number): readonly Answer[] {
    const answers: Answer[] = []
    const question = {type: 'append', key: KEY, producer: 'c1', seq, value: seq} as const
    this.#replica.append(question, (answer) => answers.push(answer))
    return answers
  }

  /** Looks after the in-sync set; what it asks for is granted at once. */
  tend(): void {
    this.#replica.tend()
    for (const {edit, done} of this.#edits.splice(0)) {
      const next = edit(this.#broker.metadata)
      if (next !== undefined) this.#broker.metadata = next as Metadata
      this.#replica.learn()
      done()
    }
  }
}

function records(epochs: readonly number[], firstSeq = 1): LogRecord[] {
  return epochs.map((epoch, i) => ({epoch, producer: `p${firstSeq + i}`, seq: 1, atMs: 0, value: null}))
}

const fetch = (epoch: number, offset: number, lastEpoch: number) =>
  ({type: 'fetch', key: KEY, epoch, offset, lastEpoch}) as const

describe('a follower', () => {
  const partition = {leader: 'n1', epoch: 2, isr: ['n1', 'n3'], replicas: ['n1', 'n2', 'n3']}

  test('asks twice, is told twice to cut its log, and keeps what it has fetched in between', () => {
    const leader = new Rig('n1', partition, [1, 2, 2])
    const follower = new Rig('n2', partition, [1, 1])
    leader.hear('n2', fetch(2, 2, 1))
    leader.hear('n2', fetch(2, 2, 1))
    const [first, late] = leader.outbox.filter(({message}) => message.type === 'diverged')
    follower.hear('n1', first!.message)
    expect(follower.log).toEqual([1])
    follower.hear('n1', {type: 'records', key: KEY, epoch: 2, offset: 1, records: records([2, 2]), highWatermark: 1})
    // From here on the leader may count on this copy.
    expect(follower.outbox.at(-1)).toEqual({to: 'n1', message: fetch(2, 3, 2)})
    follower.hear('n1', late!.message)
    expect(follower.log).toEqual([1, 2, 2])
  })
})

describe('a leader', () => {
  // Its own copy and n3's are acknowledged to the end, but it has just begun to lead, and its high watermark is 0.
  const partition = {leader: 'n1', epoch: 2, isr: ['n1', 'n3'], replicas: ['n1', 'n2', 'n3']}

  test('takes no follower into the in-sync set that may lack acknowledged records', () => {
    const leader = new Rig('n1', partition, [1, 1, 1])
    leader.hear('n2', fetch(2, 2, 1))
    leader.tend()
    expect(leader.inSync).toEqual(['n1', 'n3'])
    leader.hear('n2', fetch(2, 3, 1))
    leader.tend()
    expect(leader.inSync).toEqual(['n1', 'n2', 'n3'])
  })

  test('waits for a follower from the moment it asks for it to be in sync', () => {
    const leader = new Rig('n1', partition, [1])
    leader.hear('n2', fetch(2, 1, 1))
    leader.tend()
    const answers = leader.append(1)
    leader.hear('n3', fetch(2, 2, 2))
    expect(answers).toEqual([])
    leader.hear('n2', fetch(2, 2, 2))
    expect(answers).toEqual([{type: 'appended', offset: 1, result: null}])
  })
})
