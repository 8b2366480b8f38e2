/**
 * The contract between the two halves of the report: what `renderReport` embeds and what the browser app reads. Only plain
 * data and constants, so that both sides compile it. A page is always read by the app that was embedded with it; the
 * format name guards against hand-made mixtures.
 */

import type {Judgement} from '../core/verdict.ts'
import type {PlanSummary, RunFacts} from './input.ts'

export const PAYLOAD_FORMAT = 'chaos.report/1'

/** Ids of the data blocks in the page. `meta` is JSON; the others are base64 of deflate-raw: see `pack.ts`. */
export const BLOCK = {
  meta: 'chaos-meta',
  operations: 'chaos-operations',
  texts: 'chaos-texts',
  logs: 'chaos-logs',
} as const

/**
 * The columns of the operation table, in the order in which they are packed. Each is 32 bits unsigned per row.
 *
 * - `index`: zigzag difference to the row before; index of the invocation.
 * - `completion`: index of the completion minus that of the invocation; 0: never completed.
 * - `start`: difference to the row before, in units of `unitNs`.
 * - `duration`: in units of `unitNs`; `OPEN` when it never completed.
 * - `process`, `key`, `f`, `node`: positions in the dictionaries of `TableFacts`.
 * - `outcome`: `OUTCOME`, plus `FINAL` for reads after everything healed.
 * - `input`, `output`: see `values.ts`.
 * - `error`: 0 for none, else 1 + position among the texts.
 */
export const COLUMNS = [
  'index',
  'completion',
  'start',
  'duration',
  'process',
  'key',
  'f',
  'node',
  'outcome',
  'input',
  'output',
  'error',
] as const

export type ColumnName = (typeof COLUMNS)[number]

export const OUTCOME = {ok: 0, fail: 1, info: 2} as const
export const OUTCOME_MASK = 3
export const FINAL = 4
/** The duration of an operation that never completed. */
export const OPEN = 0xffffffff

/** Everything about the operation table but its cells. */
export interface TableFacts {
  readonly rows: number
  readonly baseNs: number
  readonly unitNs: number
  readonly processes: readonly (number | string)[]
  /** Keys as text; position 0 is "no key". */
  readonly keys: readonly string[]
  readonly functions: readonly string[]
  /** Nodes that clients were connected to; position 0 is "not known". */
  readonly nodes: readonly string[]
}

/** Counts over the whole history, whatever was left out of the page. */
export interface Totals {
  readonly operations: number
  readonly ok: number
  readonly fail: number
  readonly info: number
  readonly faults: number
  readonly faultsVerified: number
  /** Operations in the page; less than `operations` when it had to be thinned. */
  readonly shown: number
}

/** A directed link as the network track names it. */
export interface LinkName {
  readonly from: string
  readonly to: string
}

export interface PayloadFault {
  readonly fault: string
  readonly description: string
  /** When it was asked for; some time from then on, at `startNs` for certain, it was in force. */
  readonly askedNs: number
  readonly startNs: number
  /** When its end was asked for; from then on it may have ended. null: never. */
  readonly healingNs: number | null
  /** null: still in force when the history ended. */
  readonly endNs: number | null
  readonly startIndex: number
  readonly victims: readonly string[]
  readonly verified: boolean
  readonly proof: string
  readonly links: readonly LinkName[]
}

/** A stretch during which a node took itself for the leader. */
export interface Leadership {
  readonly node: string
  readonly startNs: number
  readonly endNs: number
  /** Term, epoch or ballot, as text; empty where the target has none. */
  readonly term: string
}

/** Any other event of a node: drawn as a tick. */
export interface EventMark {
  readonly node: string
  readonly timeNs: number
  readonly type: string
  /** The event's fields. */
  readonly text: string
  /** What the node did, to be read after its name. */
  readonly words: string
  /** Peers that it sent something to. */
  readonly to?: readonly string[]
  /** The peer that it heard from. */
  readonly from?: readonly string[]
}

/** One line of a card: a micro-operation in words, or a mark for several that are left out. */
export interface StoryLine {
  /** `append x 5`, `r y [1 2 3 … 30 31 32]`. */
  readonly text: string
  /** The same in full, where `text` is shortened. */
  readonly full?: string
  /** What is wrong, and what it is to be compared with. */
  readonly mark?: 'wrong' | 'other'
  /** Said beside it: `expected [1 2]`. */
  readonly note?: string
  readonly gap?: true
}

/** A transaction, or (`version`) a state that several of them saw. */
export interface StoryCard {
  readonly name: string
  /** Index of the op to open; absent for a version. */
  readonly index?: number
  readonly process?: string
  readonly outcome: 'ok' | 'info' | 'fail' | 'version'
  readonly lines: readonly StoryLine[]
}

/** Why one card comes before another. */
export interface StoryArrow {
  /** Positions among the cards. */
  readonly from: number
  readonly to: number
  /** `ww`, `wr`, `rw`, `process`, `realtime`, or `read` from a version to who saw it. */
  readonly type: string
  readonly key: string
  readonly because: string
  /** Positions among the lines of either end; -1 for the whole transaction. */
  readonly fromLine: number
  readonly toLine: number
}

/** What a list looked like to those who read it, the shortest first. */
export interface ReadsTable {
  readonly key: string
  readonly rows: readonly ReadsRow[]
  /** Different lists that were seen; more than `rows` when not all are shown. */
  readonly lists: number
  /** Reads of the key that succeeded. */
  readonly reads: number
}

export interface ReadsRow {
  /** The first op that read this. */
  readonly index: number
  readonly process: string
  /** How many reads returned it. */
  readonly count: number
  readonly length: number
  /** The elements: as in the longest list, deviating (or repeated), or a gap in words. */
  readonly cells: readonly (readonly [text: string, kind: 0 | 1 | 2])[]
}

/** An anomaly of transactions as a picture. */
export interface Story {
  /** A ring of cards, or one beside the others. */
  readonly shape: 'ring' | 'fan'
  readonly cards: readonly StoryCard[]
  readonly arrows: readonly StoryArrow[]
  /** Transactions that belong to it and are not drawn. */
  readonly leftOut: number
  /** Transactions that are tied together in one knot, of which a cycle is the shortest way round; where it is known. */
  readonly knot?: number
  readonly reads?: ReadsTable
}

export interface Payload {
  readonly format: typeof PAYLOAD_FORMAT
  readonly run: RunFacts
  readonly judgement: Judgement
  readonly totals: Totals
  readonly table: TableFacts
  readonly endNs: number
  readonly faults: readonly PayloadFault[]
  /** Every node that anything is known of. */
  readonly nodes: readonly string[]
  readonly leaderships: readonly Leadership[]
  readonly marks: readonly EventMark[]
  readonly plan: PlanSummary | null
  readonly stats: Readonly<Record<string, number | string>>
  /** What had to be left out of the page and what else is to be known, a sentence each. */
  readonly notes: readonly string[]
  /** By `storyId`. */
  readonly stories: Readonly<Record<string, Story>>
  /** Models of transactions, strongest first, with those that each implies; empty where no verdict speaks of them. */
  readonly weaker: Readonly<Record<string, readonly string[]>>
}

/** Names the story of an anomaly: positions of its verdict and of itself within it. */
export function storyId(verdict: number, anomaly: number): string {
  return `${verdict}.${anomaly}`
}

/** One node's log: `[timeNs or null, text]`, or `[null, text, omitted]` where lines were left out. */
export interface PayloadLog {
  readonly node: string
  readonly lines: readonly (readonly [number | null, string] | readonly [number | null, string, number])[]
}
