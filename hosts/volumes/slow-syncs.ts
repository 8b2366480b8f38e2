/**
 * Syncs of unmodified programs that take longer: each node's program runs under `hosts/preload/slow-sync.c`, which reads how much
 * longer from a file that we write while the program runs, and syncs something of ours as slowly when it is asked to.
 */
import {closeSync, openSync, readSync, writeSync} from 'node:fs'
import {join} from 'node:path'
import {type Clock, sleep} from '../../core/clock.ts'
import type {DiskProbe} from '../../core/cluster.ts'
import {EnvironmentError} from '../../core/error.ts'
import type {NodeId} from '../../core/node.ts'
import type {Command, Place} from '../../core/place.ts'
import {buildProgram} from '../preload/build.ts'

/** The layout of `struct control`: numbers of eight bytes. */
const FIELDS = {delayNs: 0, slowed: 1, wanted: 2, made: 3, tookNs: 4} as const
type Field = keyof typeof FIELDS

/** How much longer than it should a probe may take before nobody is thought to be there, ms. */
const PATIENCE_MS = 3000
const LOOK_MS = 5

export class SlowSyncs {
  readonly #supervisor: string
  readonly #files: ReadonlyMap<NodeId, string>
  readonly #directory: string
  readonly #clock: Clock

  private constructor(nodes: readonly NodeId[], directory: string, supervisor: string, clock: Clock) {
    this.#supervisor = supervisor
    this.#directory = directory
    this.#clock = clock
    this.#files = new Map(nodes.map((node) => [node, join(directory, `syncs-${node}`)]))
    for (const path of this.#files.values()) {
      const file = openSync(path, 'w', 0o644)
      writeSync(file, Buffer.alloc(8 * Object.keys(FIELDS).length))
      closeSync(file)
    }
  }

  /** Throws EnvironmentError where the supervisor cannot be built. */
  static async open(room: {
    nodes: readonly NodeId[]
    place: Place
    directory: string
    clock: Clock
  }): Promise<SlowSyncs> {
    const supervisor = join(room.directory, 'slow-sync')
    const problem = await buildProgram(room.place, 'slow-sync', supervisor)
    if (problem !== undefined) throw new EnvironmentError(`Syncs cannot be held up here: ${problem}.`)
    return new SlowSyncs(room.nodes, room.directory, supervisor, room.clock)
  }

  /** The command under a supervisor of its own. */
  surround(node: NodeId, {command, args, ...rest}: Command): Command {
    const own = [this.#files.get(node) as string, join(this.#directory, node)]
    return {...rest, command: this.#supervisor, args: [...own, command, ...args], supervises: true}
  }

  /** How much longer syncs take from now on, ms. */
  set(node: NodeId, delayMs: number): void {
    this.#write(node, 'delayNs', BigInt(Math.round(delayMs * 1e6)))
  }

  /** What is in force, ms. */
  delayMs(node: NodeId): number {
    return Number(this.#read(node, 'delayNs')) / 1e6
  }

  /** How many syncs of the node were held up so far. */
  slowed(node: NodeId): number {
    return Number(this.#read(node, 'slowed'))
  }

  /** Syncs something of ours as the node would; undefined where nobody is there to do it. */
  async probe(node: NodeId): Promise<DiskProbe | undefined> {
    const wanted = this.#read(node, 'wanted') + 1n
    this.#write(node, 'wanted', wanted)
    const deadlineNs = this.#clock.nowNs() + (this.delayMs(node) + PATIENCE_MS) * 1e6
    while (this.#read(node, 'made') !== wanted) {
      if (this.#clock.nowNs() >= deadlineNs) return undefined
      await sleep(this.#clock, LOOK_MS)
    }
    const tookNs = Number(this.#read(node, 'tookNs'))
    return tookNs < 0 ? {refused: `error ${-tookNs}`} : {tookMs: tookNs / 1e6}
  }

  #read(node: NodeId, field: Field): bigint {
    const bytes = Buffer.alloc(8)
    const file = openSync(this.#files.get(node) as string, 'r')
    readSync(file, bytes, 0, 8, 8 * FIELDS[field])
    closeSync(file)
    return bytes.readBigInt64LE()
  }

  #write(node: NodeId, field: Field, value: bigint): void {
    const bytes = Buffer.alloc(8)
    bytes.writeBigInt64LE(value)
    const file = openSync(this.#files.get(node) as string, 'r+')
    writeSync(file, bytes, 0, 8, 8 * FIELDS[field])
    closeSync(file)
  }
}
