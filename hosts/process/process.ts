/**
 * One hosted node as seen from the harness: its process, started, told who and where it is, and started again after a kill
 * with the same disk and, where they are still free, the same ports.
 */
import {fileURLToPath} from 'node:url'
import type {DiskProbe} from '../../core/cluster.ts'
import type {Message, NodeId} from '../../core/node.ts'
import {builtModule} from '../../core/package.ts'
import type {Program} from '../../core/place.ts'
import type {Address, Boot, Notice, Order} from './control.ts'
import {type DiskState, SOUND} from './disk-faults.ts'
import {readLines} from './wire.ts'

/** A cluster has more processes than a machine has cores: one thread of the engine beside each has to do, instead of four. */
const NODE_FLAGS = ['--v8-pool-size=1']

/** How long a process may take from its start until it listens, ms. */
const LISTEN_LIMIT_MS = 20_000

export interface NodeProcessOptions {
  readonly program: Program
  readonly boot: Omit<Boot, 'peerPort' | 'clientPort' | 'skewMs' | 'disk'>
  /** By how much the clock of its machine is ahead of ours, ns. Absent where it is ours. */
  clockShiftNs?(): Promise<bigint>
  onEvent(event: Message, timeNs: number): void
  /** The run's time, ms. */
  nowMs(): number
}

export class NodeProcess {
  readonly id: NodeId
  readonly program: Program
  /** Whether what it has stored is damaged: then its end surprises nobody. */
  damaged = false
  readonly #options: NodeProcessOptions
  #peer: Address | undefined
  #client: Address | undefined
  #skewMs = 0
  #boots = 0
  #shiftNs: bigint | undefined
  #started: () => void = () => {}
  #disk: DiskState = SOUND
  /** Who waits for which answer. */
  readonly #questions = new Map<string, (notice: Notice) => void>()

  constructor(options: NodeProcessOptions) {
    this.id = options.boot.id
    this.program = options.program
    this.#options = options
  }

  /** Where peers reach this node itself, past all proxies. Known once it has listened. */
  get peerAddress(): Address {
    return this.#peer as Address
  }

  get clientAddress(): Address {
    return this.#client as Address
  }

  /** Starts the process and resolves once it listens. Throws EnvironmentError with the end of its log. */
  async listen(): Promise<void> {
    const child = this.program.start(
      {command: process.execPath, args: [...NODE_FLAGS, fileURLToPath(builtModule('hosts/process/main.js'))]},
      {stdout: 'pipe'},
    )
    const listening = new Promise<void>((resolve, reject) => {
      const tooSlow = setTimeout(() => reject(this.program.failure('did not start listening in time')), LISTEN_LIMIT_MS)
      void this.program.exited.then((reason) => {
        clearTimeout(tooSlow)
        reject(this.program.failure(reason))
      })
      readLines(child.stdout as NodeJS.ReadableStream, (line) => {
        const notice = JSON.parse(line) as Notice
        if ('event' in notice) this.#options.onEvent(notice.event, notice.timeNs)
        else if ('started' in notice) this.#started()
        else if (!('listening' in notice)) this.#questions.get(Object.keys(notice)[0] as string)?.(notice)
        else {
          clearTimeout(tooSlow)
          this.#peer = {host: '127.0.0.1', port: notice.listening.peerPort}
          this.#client = {host: '127.0.0.1', port: notice.listening.clientPort}
          resolve()
        }
      })
    })
    // It may end before anybody listens to that.
    listening.catch(() => {})
    const {boot: told, clockShiftNs} = this.#options
    this.#shiftNs ??= (await clockShiftNs?.()) ?? 0n
    const boot: Boot = {
      ...told,
      // Started again, it draws other chances than it did before.
      seed: `${told.seed}/boot:${this.#boots++}`,
      originNs: String(BigInt(told.originNs) + this.#shiftNs),
      peerPort: this.#peer?.port ?? 0,
      clientPort: this.#client?.port ?? 0,
      skewMs: this.#skewMs,
      disk: this.#disk,
    }
    if (this.#disk !== SOUND || this.damaged) this.program.mayEnd()
    this.#say(boot)
    await listening
  }

  /** Tells a listening node where its peers are; resolves once its protocol runs. */
  async begin(peers: Readonly<Record<NodeId, Address>>): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.#started = resolve
      void this.program.exited.then((reason) => reject(this.program.failure(`${reason} while starting`)))
      this.#say({peers})
    })
  }

  /** Shifts the node's clock, now and after every restart. */
  skew(offsetMs: number): void {
    this.#skewMs = offsetMs
    if (this.program.state !== 'dead') this.#say({skewMs: offsetMs})
  }

  /** How far the node's clock is from the run's now, ms; undefined where it does not answer. */
  async offsetMs(limitMs: number): Promise<number | undefined> {
    const answer = await this.#question({readClock: true}, 'clockMs', limitMs)
    return answer !== undefined && 'clockMs' in answer ? answer.clockMs - this.#options.nowMs() : undefined
  }

  /** Where its disk is. */
  get directory(): string {
    return this.#options.boot.directory
  }

  /** What is wrong with the node's disk, now and after every restart. It may end of it. */
  harmDisk(disk: DiskState): void {
    this.#disk = disk
    if (disk !== SOUND) this.program.mayEnd()
    if (this.program.state !== 'dead') this.#say({disk})
  }

  /** What the node's disk says is wrong with it, in words; undefined where it does not answer. */
  async diskWords(limitMs: number): Promise<string | undefined> {
    const answer = await this.#question({readDisk: true}, 'diskWords', limitMs)
    return answer !== undefined && 'diskWords' in answer ? answer.diskWords : undefined
  }

  /** What becomes of a write of ours on the node's disk; undefined where it does not answer. */
  async probeDisk(limitMs: number): Promise<DiskProbe | undefined> {
    const answer = await this.#question({probeDisk: true}, 'probed', limitMs)
    return answer !== undefined && 'probed' in answer ? answer.probed : undefined
  }

  async markDisk(limitMs: number): Promise<void> {
    await this.#question({markDisk: true}, 'marked', limitMs)
  }

  /** One question of a kind at a time, by the field that its answer has; undefined where none comes. */
  async #question(order: Order, field: string, limitMs: number): Promise<Notice | undefined> {
    if (this.program.state === 'dead') return undefined
    return new Promise((resolve) => {
      const timer = setTimeout(() => resolve(undefined), limitMs)
      const end = (notice: Notice | undefined) => {
        clearTimeout(timer)
        resolve(notice)
      }
      this.#questions.set(field, end)
      void this.program.exited.then(() => end(undefined))
      this.#say(order)
    })
  }

  #say(line: Boot | Order): void {
    this.program.stdin?.write(`${JSON.stringify(line)}\n`)
  }
}
