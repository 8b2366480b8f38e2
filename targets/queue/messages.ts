/** What brokers tell each other, the quorum's own messages aside. */
import type {Json} from '../../core/node.ts'
import type {Metadata} from './metadata.ts'

/** One record of a partition. `producer` and `seq` say whose it is and make a retry of it recognisable. */
export type LogRecord = {
  readonly epoch: number
  readonly producer: string
  readonly seq: number
  /** When the leader took it in, by its own clock, ms. */
  readonly atMs: number
  readonly value: Json
}

/** From a follower: it has everything before `offset`, durably, the last of it from `lastEpoch`. */
export type Fetch = {
  readonly type: 'fetch'
  readonly key: string
  readonly epoch: number
  readonly offset: number
  readonly lastEpoch: number
}
export type Records = {
  readonly type: 'records'
  readonly key: string
  readonly epoch: number
  readonly offset: number
  readonly records: readonly LogRecord[]
  readonly highWatermark: number
}
/**
 * A log that ends at `offset` with a record from `lastEpoch`, as the follower said that its own does, is not a part of the
 * leader's: it must end at `end`, at most.
 */
export type Diverged = {
  readonly type: 'diverged'
  readonly key: string
  readonly epoch: number
  readonly offset: number
  readonly lastEpoch: number
  readonly end: number
}
/** There is something new to fetch, records or watermark. */
export type News = {readonly type: 'news'; readonly key: string; readonly epoch: number}
export type Alive = {readonly type: 'alive'}
export type MetadataNews = {readonly type: 'metadata'; readonly metadata: Metadata}

/** What clients ask of the leader of a partition. */
export type Append = {
  readonly type: 'append'
  readonly key: string
  readonly producer: string
  readonly seq: number
  readonly value: Json
}
export type Read = {
  readonly type: 'read'
  readonly key: string /** Null for the end. */
  readonly offset: number | null
}
export type Question = Append | Read

export type Answer =
  | {readonly type: 'appended'; readonly offset: number; readonly result: Json}
  | {readonly type: 'records-read'; readonly values: Json; readonly next: number}
  /** Not here, or not now. */
  | {readonly type: 'elsewhere'}

/** A broker that was asked passes the question on to the leader. */
export type Forward = {readonly type: 'forward'; readonly id: number; readonly question: Question}
export type Forwarded = {readonly type: 'forwarded'; readonly id: number; readonly answer: Answer}

export type BrokerMessage = Fetch | Records | Diverged | News | Alive | MetadataNews | Forward | Forwarded
