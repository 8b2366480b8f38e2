/**
 * Disks of unmodified programs: each node's state is on a volume of its own (`hosts/volumes`), which is filled, or whose power
 * is cut along with the program's. A power cut freezes the program, then shuts its volume down, then kills it: nothing is
 * acknowledged that would never have been. Slow syncs are the supervisor's (`hosts/volumes/slow-syncs.ts`).
 */
import {rmSync} from 'node:fs'
import {readdir} from 'node:fs/promises'
import {join} from 'node:path'
import type {Clock} from '../../core/clock.ts'
import type {DiskControl, DiskFault, DiskMarks, DiskProbe} from '../../core/cluster.ts'
import {EnvironmentError, messageOf} from '../../core/error.ts'
import type {NodeId} from '../../core/node.ts'
import type {Command, Place, Program} from '../../core/place.ts'
import {mountsBelow, unmountBelow} from '../local/mounts.ts'
import {findProgram} from '../local/needs.ts'
import {SlowSyncs} from '../volumes/slow-syncs.ts'
import {canMountVolumes, canSlowSyncs} from '../volumes/support.ts'
import {Volume} from '../volumes/volume.ts'

const LIMIT_MS = 10_000

interface Room {
  readonly nodes: readonly NodeId[]
  readonly place: Place
  /** Each node's state is in its folder there. */
  readonly directory: string
  readonly clock: Clock
}

export class ProgramDisks implements DiskControl {
  readonly #volumes: ReadonlyMap<NodeId, Volume>
  readonly #program: (node: NodeId) => Program
  readonly #room: Room
  #slow: SlowSyncs | undefined
  readonly #full = new Set<NodeId>()
  readonly #harmed = new Set<NodeId>()
  readonly #wereFull = new Set<NodeId>()
  /** Mounting under way: nobody starts there meanwhile. */
  readonly #remounting = new Map<NodeId, Promise<void>>()

  private constructor(room: Room, program: (node: NodeId) => Program) {
    this.#room = room
    this.#program = program
    const {nodes, place, directory} = room
    const volume = (node: NodeId) =>
      new Volume({path: join(directory, node), image: join(directory, `disk-${node}`), place})
    this.#volumes = new Map(canMountVolumes() === true ? nodes.map((node) => [node, volume(node)]) : [])
  }

  /** As far as this machine allows. Throws EnvironmentError where that is less than it seemed, and leaves nothing. */
  static async open(room: Room, program: (node: NodeId) => Program): Promise<ProgramDisks> {
    const disks = new ProgramDisks(room, program)
    try {
      if (disks.#volumes.size > 0) await disks.#share()
      for (const volume of disks.#volumes.values()) await volume.create()
      if (canSlowSyncs() === true) disks.#slow = await SlowSyncs.open(room)
      return disks
    } catch (error) {
      await disks.close()
      throw error
    }
  }

  /** The command, with syncs that can be held up. */
  surround(node: NodeId, command: Command): Command {
    return this.#slow?.surround(node, command) ?? command
  }

  /** Once its power is back: the node's folder is its volume. What was written there by us is synced. */
  async ready(node: NodeId): Promise<void> {
    await this.#remounting.get(node)
  }

  /** Whether a node has met a fault of its disk: should it not be able to go on from what is there, that surprises nobody. */
  wasHarmed(node: NodeId): boolean {
    return this.#harmed.has(node)
  }

  /** Nodes whose disks were full at some time since this was asked last, and have room again. */
  takeThoseFilled(): readonly NodeId[] {
    const nodes = [...this.#wereFull].filter((node) => !this.#full.has(node))
    for (const node of nodes) this.#wereFull.delete(node)
    return nodes
  }

  /** What was written so far for a node, or for all, is not what a power cut is to take. */
  async sync(node?: NodeId): Promise<void> {
    for (const [each, volume] of this.#volumes) if (node === undefined || each === node) await volume.sync()
  }

  /** Everything that a node has stored is forgotten. */
  async erase(node: NodeId): Promise<void> {
    const path = join(this.#room.directory, node)
    for (const name of await readdir(path)) {
      if (name !== '.chaos') rmSync(join(path, name), {recursive: true, force: true})
    }
  }

  async harm(node: NodeId, fault: DiskFault): Promise<void> {
    const program = this.#program(node)
    this.#harmed.add(node)
    if (fault.kind === 'slow' && this.#slow !== undefined) {
      this.#slow.set(node, fault.delayMs)
      return
    }
    const volume = this.#of(node)
    if (fault.kind === 'full') {
      this.#full.add(node)
      this.#wereFull.add(node)
      program.mayEnd()
      await volume.fill()
    } else if (fault.kind === 'power-cut' && !fault.torn) {
      const cut = this.#cutPower(program, volume)
      this.#remounting.set(node, cut)
      await cut
    } else throw new RangeError(`no fault ${fault.kind} of this disk`)
  }

  async heal(node: NodeId): Promise<void> {
    await this.ready(node)
    this.#slow?.set(node, 0)
    if (this.#full.delete(node)) await this.#of(node).empty()
  }

  async readBack(node: NodeId): Promise<string> {
    const delayMs = this.#slow?.delayMs(node) ?? 0
    const slow = delayMs > 0 ? [`syncs take ${delayMs} ms longer (${this.#slow?.slowed(node)} so far)`] : []
    const full = this.#full.has(node) ? [`full: ${await this.#of(node).freeBytes()} bytes left`] : []
    return [...full, ...slow].join(', ')
  }

  /** By ourselves, which shows whether there is room; then as the node itself syncs, if it is there. */
  async probe(node: NodeId): Promise<DiskProbe | undefined> {
    const {clock} = this.#room
    const startNs = clock.nowNs()
    try {
      await this.#volumes.get(node)?.write()
    } catch (error) {
      return {refused: messageOf(error)}
    }
    const tookMs = (clock.nowNs() - startNs) / 1e6
    return this.#slow === undefined || this.#program(node).state !== 'running' ? {tookMs} : this.#slow.probe(node)
  }

  mark(node: NodeId): Promise<void> {
    return this.#of(node).mark()
  }

  async marks(node: NodeId): Promise<DiskMarks> {
    const volume = this.#of(node)
    return {synced: await volume.hasMark('synced'), unsynced: await volume.hasMark('unsynced')}
  }

  /** Once every program has ended. */
  async close(): Promise<void> {
    await Promise.allSettled(this.#remounting.values())
    const {directory} = this.#room
    const mounted = new Set(mountsBelow(directory))
    // Nobody wants what was not synced: it need not be written before a volume goes.
    for (const volume of this.#volumes.values()) if (mounted.has(volume.path)) await volume.shutDown().catch(() => {})
    unmountBelow(directory)
  }

  async #cutPower(program: Program, volume: Volume): Promise<void> {
    await program.pause()
    await volume.shutDown()
    await program.kill()
    await volume.revive()
  }

  /**
   * A node with a mount namespace of its own would hold on to every volume that was there when it started, with all that
   * it stores. Mounts below a shared one are taken out of those namespaces along with ours.
   */
  async #share(): Promise<void> {
    const {directory, place} = this.#room
    const mount = findProgram('mount') ?? 'mount'
    for (const args of [
      ['--bind', directory, directory],
      ['--make-shared', directory],
    ]) {
      const {exitCode, stderr} = await place.execute({command: mount, args}, LIMIT_MS)
      if (exitCode !== 0)
        throw new EnvironmentError(`Nodes cannot be given disks of their own in ${directory}.`, [stderr])
    }
  }

  #of(node: NodeId): Volume {
    return this.#volumes.get(node) as Volume
  }
}
