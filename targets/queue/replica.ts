/**
 * One replica of one partition, leading or following. A follower fetches from where its log ends, which tells the leader what
 * it has; what every in-sync replica has is below the high watermark: it is acknowledged, may be read, and is never lost.
 *
 *       producer      leader                    follower
 *          │── append ──►│ sync                     │
 *          │             │── news ─────────────────►│
 *          │             │◄──────────── fetch end=7 │
 *          │             │── records 7… ───────────►│ sync
 *          │             │◄──────────── fetch end=8 │   in sync up to 8: watermark 8
 *          │◄─ offset 7 ─│
 *
 * Every record carries the epoch of the leader that took it in. A follower whose last record is not the leader's at that
 * place has followed a leader that lost: it cuts its log where that epoch ends with the leader, and fetches on (KIP-101).
 */
import type {Json, NodeId} from '../../core/node.ts'
import type {Broker} from './broker.ts'
import type {Answer, Append, Diverged, Fetch, LogRecord, Read, Records} from './messages.ts'
import {type Edit, type Partition, resize} from './metadata.ts'
import {PartitionLog} from './partition-log.ts'
import {type PartitionState, stateOf} from './state.ts'

type Tell = (answer: Answer) => void

/** What a leader knows of a follower. */
interface Follower {
  /** It has everything before this, in this epoch's log. */
  offset: number
  /** When it last had everything. */
  caughtUpMs: number
  /** When it last lagged, or was not heard yet. */
  laggedMs: number
}

export class Replica {
  readonly key: string
  readonly log: PartitionLog
  readonly #broker: Broker
  readonly #change: (edit: Edit, done: () => void) => void
  highWatermark = 0
  #epoch = 0
  /**
   * Where the log ended when this replica began to lead. Everything before this may have been acknowledged, by an earlier
   * leader or by this one before it crashed, whatever little of that the high watermark covers yet.
   */
  #ledFrom = 0
  /** Present while leading. */
  #followers: Map<NodeId, Follower> | undefined
  /** Followers that are about to be in sync, as far as we have asked for it: they count already. */
  #joining = new Set<NodeId>()
  /** Whether a change of the in-sync set is under way. */
  #resizing = false
  /** As it was told last, while this replica leads. */
  #inSync = ''
  #waiting: {readonly offset: number; readonly tell: Tell}[] = []
  #state: PartitionState | undefined
  #applied = 0
  /** What each record that was applied came to. */
  readonly #results = new Map<number, Json>()

  constructor(broker: Broker, key: string, change: (edit: Edit, done: () => void) => void) {
    this.#broker = broker
    this.key = key
    this.#change = change
    this.log = new PartitionLog(broker.env.disk, key)
  }

  get leads(): boolean {
    return this.#followers !== undefined
  }

  /** Whether nothing is on its way here. */
  get settled(): boolean {
    const partition = this.#partition
    const inSync = partition.isr.length === partition.replicas.length
    return partition.leader !== null && inSync && (!this.leads || this.highWatermark === this.log.end)
  }

  get #partition(): Partition {
    return this.#broker.partition(this.key) as Partition
  }

  /** Takes notice of new metadata. */
  learn(): void {
    const {leader, epoch, replicas} = this.#partition
    const {env} = this.#broker
    if (epoch !== this.#epoch) {
      this.#epoch = epoch
      this.#inSync = ''
      this.#refuseAll()
      this.#joining.clear()
      this.#followers =
        leader === env.id
          ? new Map(
              replicas
                .filter((node) => node !== env.id)
                .map((node) => [node, {offset: -1, caughtUpMs: env.now(), laggedMs: env.now()}]),
            )
          : undefined
      if (this.leads) this.#lead()
      else this.fetch()
    }
    if (!this.leads) return
    if (this.#partition.isr.join() !== this.#inSync) {
      this.#inSync = this.#partition.isr.join()
      env.event({type: 'in-sync', partition: this.key, replicas: [...this.#partition.isr]})
    }
    this.#advance()
  }

  // Leading.

  #lead(): void {
    const broker = this.#broker
    broker.env.event({type: 'partition-leader', partition: this.key, epoch: this.#epoch})
    this.#state = stateOf(this.key, broker.settings, broker.has('commit-before-process'))
    this.#ledFrom = this.log.end
    this.#applied = 0
    this.#results.clear()
    this.#apply()
    this.#tellNews()
  }

  append({producer, seq, value}: Append, tell: Tell): void {
    if (!this.leads) {
      tell({type: 'elsewhere'})
      return
    }
    // Bug `reorder-retry`: a retry is not recognised, and goes in again behind what came after its first copy.
    const known = this.#broker.has('reorder-retry') ? undefined : this.log.find(producer, seq)
    if (known === -1) {
      tell({type: 'elsewhere'})
      return
    }
    const offset = known ?? this.log.end
    if (known === undefined) {
      const atMs = this.#broker.env.now()
      this.log.append([{epoch: this.#epoch, producer, seq, atMs, value}])
    }
    const {acks} = this.#broker.settings
    // Bug `ack-one`: the leader's own copy is taken for all.
    if (acks < 2 || this.#broker.has('ack-one') || offset < this.highWatermark) {
      tell({type: 'appended', offset, result: this.#results.get(offset) ?? null})
    } else this.#waiting.push({offset, tell})
    this.#tellNews()
    this.#advance()
  }

  read({offset}: Read, tell: Tell): void {
    if (!this.leads) {
      tell({type: 'elsewhere'})
      return
    }
    const from = offset ?? this.highWatermark
    const to = Math.min(this.highWatermark, from + this.#broker.settings.batchRecords)
    const values = this.log.slice(from, Math.max(from, to)).map(({value}, i) => [from + i, value])
    tell({type: 'records-read', values: values as Json, next: Math.max(from, to)})
  }

  fetched(from: NodeId, {epoch, offset, lastEpoch}: Fetch): void {
    const follower = this.#followers?.get(from)
    if (follower === undefined || epoch !== this.#epoch) return
    const agrees = offset <= this.log.end && this.log.epochBefore(offset) === lastEpoch
    // Bug `no-epoch`: whatever a follower has, it is taken for a part of this log.
    if (!agrees && !this.#broker.has('no-epoch')) {
      const end = Math.min(offset - 1, this.log.endOfEpoch(lastEpoch))
      this.#broker.send(from, {type: 'diverged', key: this.key, epoch, offset, lastEpoch, end: Math.max(0, end)})
      return
    }
    follower.offset = Math.max(follower.offset, offset)
    if (offset >= this.log.end) follower.caughtUpMs = this.#broker.env.now()
    const before = this.highWatermark
    this.#advance()
    const records = this.log.slice(offset, offset + this.#broker.settings.batchRecords)
    if (records.length > 0) this.#sendRecords(from, offset, records)
    if (this.highWatermark > before) this.#tellNews()
  }

  #sendRecords(to: NodeId, offset: number, records: readonly LogRecord[]): void {
    const {key, highWatermark} = this
    this.#broker.send(to, {type: 'records', key, epoch: this.#epoch, offset, records, highWatermark})
  }

  /** The least that all in-sync replicas have, those included that may be in sync by now. */
  #advance(): void {
    const followers = this.#followers
    if (followers === undefined) return
    let least = this.log.end
    for (const node of [...this.#partition.isr, ...this.#joining]) {
      if (node !== this.#broker.env.id) least = Math.min(least, followers.get(node)?.offset ?? -1)
    }
    if (least <= this.highWatermark) return
    this.highWatermark = least
    this.#apply()
    const done = this.#waiting.filter(({offset}) => offset < least)
    if (done.length === 0) return
    this.#waiting = this.#waiting.filter(({offset}) => offset >= least)
    for (const {offset, tell} of done) tell({type: 'appended', offset, result: this.#results.get(offset) ?? null})
  }

  #apply(): void {
    const state = this.#state
    if (state === undefined) return
    for (; this.#applied < this.highWatermark; this.#applied++) {
      const [record] = this.log.slice(this.#applied, this.#applied + 1)
      this.#results.set(this.#applied, state.apply(record as LogRecord, this.#applied))
    }
  }

  /** Looks after the in-sync set: who lags leaves it, who has caught up comes into it. */
  tend(): void {
    const followers = this.#followers
    if (followers === undefined) {
      this.fetch()
      return
    }
    const {env, settings} = this.#broker
    const {isr, replicas} = this.#partition
    const current = (node: NodeId) => {
      const follower = followers.get(node)
      return follower === undefined || env.now() - follower.caughtUpMs <= settings.lagMs
    }
    for (const [node, follower] of followers) if (!current(node)) follower.laggedMs = env.now()
    const keepsUp = (node: NodeId) => env.now() - (followers.get(node)?.laggedMs ?? 0) >= settings.rejoinMs
    const acknowledged = Math.max(this.highWatermark, this.#ledFrom)
    const caughtUp = (node: NodeId) =>
      current(node) && keepsUp(node) && (followers.get(node)?.offset ?? 0) >= acknowledged
    const next = replicas.filter((node) => (isr.includes(node) ? current(node) : caughtUp(node)))
    if (this.#resizing || next.join() === replicas.filter((node) => isr.includes(node)).join()) return
    for (const node of next) if (!isr.includes(node)) this.#joining.add(node)
    this.#resizing = true
    this.#change(resize(this.key, this.#epoch, next), () => {
      this.#resizing = false
      this.#joining.clear()
      this.#advance()
    })
  }

  #tellNews(): void {
    for (const node of this.#followers?.keys() ?? []) {
      this.#broker.send(node, {type: 'news', key: this.key, epoch: this.#epoch})
    }
  }

  #refuseAll(): void {
    const waiting = this.#waiting
    this.#waiting = []
    for (const {tell} of waiting) tell({type: 'elsewhere'})
  }

  // Following.

  fetch(): void {
    const {leader} = this.#partition
    if (leader === null || this.leads) return
    const offset = this.log.end
    const lastEpoch = this.log.epochBefore(offset)
    this.#broker.send(leader, {type: 'fetch', key: this.key, epoch: this.#epoch, offset, lastEpoch})
  }

  take(from: NodeId, {epoch, offset, records, highWatermark}: Records): void {
    if (this.leads || epoch !== this.#epoch || from !== this.#partition.leader || offset !== this.log.end) return
    this.log.append(records)
    this.highWatermark = Math.max(this.highWatermark, Math.min(highWatermark, this.log.end))
    this.fetch()
  }

  cut(from: NodeId, {epoch, offset, lastEpoch, end}: Diverged): void {
    if (this.leads || epoch !== this.#epoch || from !== this.#partition.leader) return
    // Messages overtake each other: this one may be about a log that has been cut since, and has grown again by records that
    // the leader counts on.
    if (offset !== this.log.end || lastEpoch !== this.log.epochBefore(offset)) return
    this.#broker.env.log(`${this.key}: cut from ${this.log.end} to ${end}`)
    this.#broker.env.event({type: 'truncated', from, partition: this.key, dropped: this.log.end - end})
    this.log.truncate(end)
    this.highWatermark = Math.min(this.highWatermark, end)
    this.fetch()
  }
}
