/**
 * What a toxic is: a small process that stands in one direction of one connection, reads chunks from the side of the
 * sender and hands chunks to the side of the receiver. A direction's toxics form a chain, in order of creation.
 *
 * A toxic is started when a connection meets it and again whenever it, or its right-hand neighbour, changes. It ends in
 * one of two ways: it `close()`s its output, which closes the connection behind it, or it returns because it was
 * interrupted, after handing on whatever it still holds.
 */
import type {Random} from '../../../core/random.ts'
import type {Attributes} from '../api.ts'
import type {Ranges} from './range.ts'

/** Bytes on their way, with the moment they arrived (on the stub's clock). `atNs` moves on as toxics delay the chunk. */
export interface Chunk {
  data: Buffer
  atNs: number
}

/** The sender has closed; nothing follows. */
export const END = Symbol('end')
/** Nothing came within the limit. */
export const SILENCE = Symbol('silence')
/** The chain is being rearranged: hand on what you hold and return. */
export const INTERRUPT = Symbol('interrupt')

/** One toxic's place in one direction of one connection: its input, its output, its clock and its chance. */
export interface Stub {
  /** The next chunk, in order. */
  read(): Promise<Chunk | typeof END | typeof INTERRUPT>
  /** The same, but gives up waiting after `limitMs`. */
  readWithin(limitMs: number): Promise<Chunk | typeof END | typeof INTERRUPT | typeof SILENCE>
  /** Hands a chunk on; resolves when the next in line can take more. Safe after an interrupt. */
  write(chunk: Chunk): Promise<void>
  /** Waits; false when interrupted before the time was up. Never returns early. */
  sleep(delayMs: number): Promise<boolean>
  /** Waits, interrupted or not. Whoever rearranges the chain waits as well. */
  sleepThrough(delayMs: number): Promise<void>
  /**
   * Ends the output behind everything handed on so far: as the input did when it has been read to its end, else by closing
   * the connection, or resetting it when the toxic `breaks`.
   */
  close(): void
  /** Whether ends of connections are bytes like any others to a toxic, and reset differs from closed (`server/end.ts`). */
  readonly strict: boolean
  nowNs(): number
  /** A stream of its own for this connection, toxic and start; decides jitter and sizes. */
  readonly random: Random
  /** Numbers that survive restarts, for as long as the connection and the toxic last. */
  readonly memory: Record<string, number>
}

/** One kind of toxic. */
export interface Toxic extends Ranges {
  /** How many chunks may wait in front of it before the sender is held back; 1 when absent. */
  readonly holds?: number
  /** Removing it closes the connections it stood in, because bytes are missing from them. */
  readonly closesWhenRemoved?: boolean
  /** Connections it closes have lost bytes: a strict server resets them. */
  readonly breaks?: boolean
  /** Connections opened while it is there are closed by RST instead of FIN, unless the server is strict. */
  readonly resets?: boolean
  /** Does the harm. */
  run(stub: Stub, attributes: Attributes): Promise<void>
}
