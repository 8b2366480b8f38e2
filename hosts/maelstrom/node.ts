/**
 * One Maelstrom node: a program that reads a message a line and prints one a line. Its process is started, told who it is,
 * and started anew after a kill, with nothing but what it has kept by itself.
 */
import type {Socket} from 'node:net'
import {tmpdir} from 'node:os'
import type {NodeId} from '../../core/node.ts'
import type {Command, Program} from '../../core/place.ts'
import {LineWriter, readLines} from '../process/wire.ts'
import type {Parcel} from './network.ts'
import {type Packet, readPacket, writePacket} from './packet.ts'

export interface MaelstromNodeOptions {
  readonly id: NodeId
  readonly program: Program
  readonly command: Pick<Command, 'command' | 'args'>
  /** It said something. */
  onPacket(packet: Packet, line: string): void
  /** It said something that is no message. */
  onBreach(error: Error): void
}

export class MaelstromNode {
  readonly id: NodeId
  readonly program: Program
  readonly #options: MaelstromNodeOptions
  /** Messages of others that wait until it knows who it is; absent once it does. */
  #held: Parcel[] | undefined = []
  /** Into the process that was started last. */
  #writer: LineWriter | undefined
  #starts = 0

  constructor(options: MaelstromNodeOptions) {
    this.id = options.id
    this.program = options.program
    this.#options = options
  }

  /** Starts the process. It hears of nobody but clients before `release`. */
  start(): void {
    const start = ++this.#starts
    this.#held = []
    // As with Maelstrom, nodes run in the system's folder for temporary files.
    const {stdout} = this.program.start({...this.#options.command, cwd: tmpdir()}, {stdout: 'pipe'})
    this.#writer = new LineWriter(this.program.stdin as Socket)
    readLines(stdout as NodeJS.ReadableStream, (line) => {
      // What a process that was killed had printed before is still its word, but not that of its successor.
      if (start === this.#starts && line.trim() !== '') this.#hear(line)
    })
  }

  /** Hands a message over; false where the process is dead. */
  receive(parcel: Parcel): boolean {
    if (this.#writer === undefined || this.program.state === 'dead') return false
    if (this.#held !== undefined && !parcel.src.startsWith('c') && !this.#knowsIts(parcel)) this.#held.push(parcel)
    else this.#writer.write(writePacket(parcel, parcel.id))
    return true
  }

  /** It knows who it is: whatever waited reaches it now. */
  release(): void {
    const held = this.#held ?? []
    this.#held = undefined
    for (const parcel of held) this.receive(parcel)
  }

  /** Answers to what it asked itself, of a service say, do not wait: it may need them to answer. */
  #knowsIts({body}: Parcel): boolean {
    return body['in_reply_to'] !== undefined && body['in_reply_to'] !== null
  }

  #hear(line: string): void {
    try {
      this.#options.onPacket(readPacket(line, this.id), line)
    } catch (error) {
      this.#options.onBreach(error as Error)
    }
  }
}
