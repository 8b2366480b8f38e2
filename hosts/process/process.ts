/**
 * One hosted node as seen from the harness: its process, started, told who and where it is, and started again after a kill
 * with the same disk and, where they are still free, the same ports.
 */
import {fileURLToPath} from 'node:url'
import type {Message, NodeId} from '../../core/node.ts'
import {builtModule} from '../../core/package.ts'
import type {Program} from '../../core/place.ts'
import type {Address, Boot, Notice, Order} from './control.ts'
import {readLines} from './wire.ts'

/** How long a process may take from its start until it listens, ms. */
const LISTEN_LIMIT_MS = 20_000

export interface NodeProcessOptions {
  readonly program: Program
  readonly boot: Omit<Boot, 'peerPort' | 'clientPort' | 'skewMs'>
  onEvent(event: Message, timeNs: number): void
  /** The run's time, ms. */
  nowMs(): number
}

export class NodeProcess {
  readonly id: NodeId
  readonly program: Program
  readonly #options: NodeProcessOptions
  #peer: Address | undefined
  #client: Address | undefined
  #skewMs = 0
  #started: () => void = () => {}
  #clockRead: (clockMs: number) => void = () => {}

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
      {command: process.execPath, args: [fileURLToPath(builtModule('hosts/process/main.js'))]},
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
        else if ('clockMs' in notice) this.#clockRead(notice.clockMs)
        else {
          clearTimeout(tooSlow)
          this.#peer = {host: '127.0.0.1', port: notice.listening.peerPort}
          this.#client = {host: '127.0.0.1', port: notice.listening.clientPort}
          resolve()
        }
      })
    })
    const boot: Boot = {
      ...this.#options.boot,
      peerPort: this.#peer?.port ?? 0,
      clientPort: this.#client?.port ?? 0,
      skewMs: this.#skewMs,
    }
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
    if (this.program.state === 'dead') return undefined
    const clockMs = await new Promise<number | undefined>((resolve) => {
      const timer = setTimeout(() => resolve(undefined), limitMs)
      this.#clockRead = (read) => {
        clearTimeout(timer)
        resolve(read)
      }
      this.#say({readClock: true})
    })
    return clockMs === undefined ? undefined : clockMs - this.#options.nowMs()
  }

  #say(line: Boot | Order): void {
    this.program.stdin?.write(`${JSON.stringify(line)}\n`)
  }
}
