/**
 * One hosted node as seen from the harness: its process, started, killed, frozen and started again, with the same disk
 * and, where they are still free, the same ports.
 */
import {closeSync, openSync, readFileSync} from 'node:fs'
import {fileURLToPath} from 'node:url'
import {execa, type ResultPromise} from 'execa'
import type {ProcessState} from '../../core/cluster.ts'
import {EnvironmentError} from '../../core/error.ts'
import type {Message, NodeId} from '../../core/node.ts'
import {builtModule} from '../../core/package.ts'
import type {Address, Boot, Notice, Order} from './control.ts'
import {readLines} from './wire.ts'

/** How long a process may take from its start until it listens, ms. */
const LISTEN_LIMIT_MS = 20_000
/** Lines of a node's log that an error quotes. */
const QUOTED_LINES = 8

export interface NodeProcessOptions {
  readonly boot: Omit<Boot, 'peerPort' | 'clientPort' | 'skewMs'>
  readonly logFile: string
  guard(pid: number): () => void
  onEvent(event: Message, timeNs: number): void
  /** The process ended though nobody asked it to. */
  onUnexpectedExit(reason: string, lastLines: readonly string[]): void
}

/** The last lines of a log file; empty when there is none. */
export function lastLines(file: string): string[] {
  try {
    return readFileSync(file, 'utf8').trimEnd().split('\n').slice(-QUOTED_LINES)
  } catch {
    return []
  }
}

export class NodeProcess {
  readonly id: NodeId
  readonly #options: NodeProcessOptions
  #child: ResultPromise<{reject: false; buffer: false}> | undefined
  #exited: Promise<void> = Promise.resolve()
  #expectedExit = false
  #state: ProcessState = 'dead'
  #peer: Address | undefined
  #client: Address | undefined
  #skewMs = 0
  #started: () => void = () => {}

  constructor(options: NodeProcessOptions) {
    this.id = options.boot.id
    this.#options = options
  }

  get state(): ProcessState {
    return this.#state
  }

  get pid(): number | undefined {
    return this.#state === 'dead' ? undefined : this.#child?.pid
  }

  /** Where peers reach this node itself, past all proxies. Known once it has listened. */
  get peerAddress(): Address {
    return this.#peer as Address
  }

  get clientAddress(): Address {
    return this.#client as Address
  }

  /** Starts the process and resolves once it listens. */
  async listen(): Promise<void> {
    const log = openSync(this.#options.logFile, 'a')
    const child = execa(process.execPath, [fileURLToPath(builtModule('targets/host/main.js'))], {
      detached: true,
      cleanup: false,
      // execa takes any file descriptor here; its types know only a few.
      stdio: ['pipe', 'pipe', log as unknown as 'inherit'],
      reject: false,
      buffer: false,
      env: {NODE_EXTRA_CA_CERTS: ''},
    })
    closeSync(log)
    this.#child = child as never
    this.#expectedExit = false
    const release = child.pid === undefined ? () => {} : this.#options.guard(child.pid)
    child.stdin.on('error', () => {})
    this.#state = 'running'
    const listening = new Promise<void>((resolve, reject) => {
      const tooSlow = setTimeout(() => reject(this.failure('did not start listening in time')), LISTEN_LIMIT_MS)
      this.#exited = child.then((result) => {
        clearTimeout(tooSlow)
        this.#state = 'dead'
        release()
        const reason =
          result.signal === undefined ? `ended with exit code ${result.exitCode}` : `was ended by ${result.signal}`
        reject(this.failure(reason))
        if (!this.#expectedExit) this.#options.onUnexpectedExit(reason, lastLines(this.#options.logFile))
      })
      readLines(child.stdout, (line) => {
        const notice = JSON.parse(line) as Notice
        if ('event' in notice) this.#options.onEvent(notice.event, notice.timeNs)
        else if ('started' in notice) this.#started()
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
    child.stdin.write(`${JSON.stringify(boot)}\n`)
    await listening
  }

  /** Tells a listening node where its peers are; resolves once its protocol runs. */
  async begin(peers: Readonly<Record<NodeId, Address>>): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.#started = resolve
      void this.#exited.then(() => reject(this.failure('ended while starting')))
      this.#order({peers})
    })
  }

  async kill(): Promise<void> {
    this.#expectedExit = true
    this.#signal('SIGKILL')
    await this.#exited
  }

  pause(): void {
    if (this.#state !== 'running') return
    this.#signal('SIGSTOP')
    this.#state = 'paused'
  }

  resume(): void {
    if (this.#state !== 'paused') return
    this.#signal('SIGCONT')
    this.#state = 'running'
  }

  skew(offsetMs: number): void {
    this.#skewMs = offsetMs
    if (this.#state !== 'dead') this.#order({skewMs: offsetMs})
  }

  #order(order: Order): void {
    this.#child?.stdin?.write(`${JSON.stringify(order)}\n`)
  }

  #signal(signal: NodeJS.Signals): void {
    const pid = this.pid
    if (pid === undefined) return
    try {
      process.kill(-pid, signal)
    } catch {
      // It ended in the same moment.
    }
  }

  /** The error that says what happened to this node, with the end of its log. */
  failure(reason: string): EnvironmentError {
    const lines = lastLines(this.#options.logFile)
    return new EnvironmentError(`Node ${this.id} ${reason}.`, [
      ...(lines.length === 0 ? ['Its log is empty.'] : ['The end of its log:', ...lines.map((line) => `  ${line}`)]),
    ])
  }
}
