/**
 * Clocks of unmodified programs: each node's program preloads a wall clock of its own (`hosts/preload/clock.c`), which reads
 * how wrong it is to be from a file that we write while the program runs. What it takes for the time the program itself says.
 */
import {closeSync, openSync, writeSync} from 'node:fs'
import {join} from 'node:path'
import {calendarDate} from '../../core/clock.ts'
import type {ClockControl} from '../../core/cluster.ts'
import {EnvironmentError} from '../../core/error.ts'
import type {NodeId} from '../../core/node.ts'
import type {Command, Place} from '../../core/place.ts'
import {buildPreload, preloading} from '../preload/build.ts'

/** The layout of `clock.c`: which setting counts, then two settings of three numbers. */
const SETTING_BYTES = 24
const FILE_BYTES = 8 + 2 * SETTING_BYTES

/** The time of day that the node's program has, ms since 1970; undefined where it does not answer. */
export type ReadClock = (node: NodeId, limitMs: number) => Promise<number | undefined>

export class ProgramClocks implements ClockControl {
  readonly #library: string
  readonly #clocks: ReadonlyMap<NodeId, ClockFile>
  readonly #read: ReadClock

  private constructor(library: string, clocks: ReadonlyMap<NodeId, ClockFile>, read: ReadClock) {
    this.#library = library
    this.#clocks = clocks
    this.#read = read
  }

  /** Throws EnvironmentError where the clock cannot be built. */
  static async open(
    {nodes, place, directory}: {nodes: readonly NodeId[]; place: Place; directory: string},
    read: ReadClock,
  ): Promise<ProgramClocks> {
    const library = join(directory, 'clock.so')
    const problem = await buildPreload(place, 'clock', library)
    if (problem !== undefined) throw new EnvironmentError(`Clocks cannot be shifted here: ${problem}.`)
    const clocks = nodes.map((node) => [node, new ClockFile(join(directory, `clock-${node}`))] as const)
    return new ProgramClocks(library, new Map(clocks), read)
  }

  /** The command with a clock of its own. */
  surround(node: NodeId, command: Command): Command {
    return preloading(command, this.#library, {CHAOS_CLOCK_FILE: this.#of(node).path})
  }

  async skew(node: NodeId, offsetMs: number): Promise<void> {
    this.#of(node).set({offsetMs})
  }

  async drift(node: NodeId, ppm: number): Promise<void> {
    this.#of(node).set({ppm})
  }

  async offsetMs(node: NodeId, limitMs: number): Promise<number | undefined> {
    const read = await this.#read(node, limitMs)
    return read === undefined ? undefined : read - calendarDate().getTime()
  }

  #of(node: NodeId): ClockFile {
    return this.#clocks.get(node) as ClockFile
  }
}

/** How wrong one clock is, in the file that the program maps. */
class ClockFile {
  readonly path: string
  #current = 0
  #offsetMs = 0
  #ppm = 0

  constructor(path: string) {
    this.path = path
    const file = openSync(path, 'w', 0o644)
    writeSync(file, Buffer.alloc(FILE_BYTES))
    closeSync(file)
  }

  /** Changes take effect at once and as a whole: the other setting is written, then made the one that counts. */
  set({offsetMs = this.#offsetMs, ppm = this.#ppm}: {offsetMs?: number; ppm?: number}): void {
    this.#offsetMs = offsetMs
    this.#ppm = ppm
    this.#current = 1 - this.#current
    const setting = Buffer.alloc(SETTING_BYTES)
    setting.writeBigInt64LE(BigInt(Math.round(offsetMs * 1e6)), 0)
    setting.writeBigInt64LE(BigInt(Math.round(ppm)), 8)
    setting.writeBigInt64LE(BigInt(calendarDate().getTime()) * 1_000_000n, 16)
    const which = Buffer.alloc(8)
    which.writeBigUInt64LE(BigInt(this.#current), 0)
    const file = openSync(this.path, 'r+')
    writeSync(file, setting, 0, SETTING_BYTES, 8 + this.#current * SETTING_BYTES)
    writeSync(file, which, 0, 8, 0)
    closeSync(file)
  }
}
