/**
 * A program as a subprocess of this machine, with a process group of its own, so that whatever it starts is killed, frozen
 * and resumed with it. Its output goes to a log file, straight from the process: it survives a crash of ours.
 */
import {closeSync, openSync, readFileSync} from 'node:fs'
import {execa, type ResultPromise} from 'execa'
import type {ProcessState} from '../../core/cluster.ts'
import {EnvironmentError, messageOf} from '../../core/error.ts'
import type {Command, Program} from '../../core/place.ts'
import {asUser} from './as-user.ts'
import {osState} from './os-state.ts'
import {killBelow, signalTree} from './process-tree.ts'

/** How often a frozen process is looked at, a millisecond apart, before it is taken as it is. */
const STOP_LOOKS = 1000
/** How long a supervisor may take to collect what was killed below it, ms. */
const COLLECT_MS = 1000
/** Lines of a log that an error quotes. */
const QUOTED_LINES = 8
/** How much of a line is quoted, characters. */
const QUOTED_LENGTH = 300
/** Lines that say where in its code a Java, JavaScript or Go program was, and in which state: they would push out what happened. */
const STACK_FRAME =
  /^\s+at \S.*[)\d]$|^[a-z]\w{1,5}\s+0x[\da-f]+$|^goroutine \d+ \[|^\t\S+\.go:\d+|^[\w./-]+\.[\w.()*]+\(.*\)$|^created by \S+/

export interface LocalProgramOptions {
  /** What errors call it: `Node n1`. */
  readonly name: string
  readonly logFile: string
  /** Registers a process group that must not outlive the run; call what it returns once the group has ended. */
  guard(pid: number): () => void
  /** It ended though nobody asked it to. */
  onUnexpectedExit(reason: string, lastLines: readonly string[]): void
}

/** A child whose input, and output unless it goes to the log, are pipes. */
type Child = ResultPromise<{reject: false; buffer: false; stdin: 'pipe'; stdout: 'pipe'}>

export class LocalProgram implements Program {
  readonly #options: LocalProgramOptions
  #child: Child | undefined
  #exited: Promise<string> = Promise.resolve('was never started')
  #expectedExit = false
  #supervises = false
  #state: ProcessState = 'dead'

  constructor(options: LocalProgramOptions) {
    this.#options = options
  }

  get state(): ProcessState {
    return this.#state
  }

  async observedState(): Promise<ProcessState> {
    const pid = this.#pid
    return pid === undefined ? 'dead' : (osState(pid) ?? this.#state)
  }

  get exited(): Promise<string> {
    return this.#exited
  }

  get stdin(): NonNullable<Child['stdin']> | undefined {
    return this.#child?.stdin
  }

  start(command: Command, options: {readonly stdout: 'pipe' | 'log'}): {readonly stdout: NodeJS.ReadableStream | null} {
    const log = openSync(this.#options.logFile, 'a')
    const toLog = log as unknown as 'inherit' // execa takes any file descriptor; its types know only a few.
    const [file, ...words] = asUser([command.command, ...command.args], command.user)
    const child = execa(file as string, words, {
      detached: true,
      cleanup: false,
      stdio: ['pipe', options.stdout === 'log' ? toLog : 'pipe', toLog],
      reject: false,
      buffer: false,
      env: {NODE_EXTRA_CA_CERTS: '', ...command.env},
      ...(command.cwd === undefined ? {} : {cwd: command.cwd}),
    }) as unknown as Child
    closeSync(log)
    const release = child.pid === undefined ? () => {} : this.#options.guard(child.pid)
    // The process may end with its input still being written.
    child.stdin?.on('error', () => {})
    this.#child = child
    this.#supervises = command.supervises ?? false
    this.#expectedExit = false
    this.#state = 'running'
    this.#exited = child.then((result) => {
      this.#state = 'dead'
      // What it had started besides goes with it: nobody would find that again.
      if (child.pid !== undefined) signalTree(child.pid, 'SIGKILL')
      release()
      const reason =
        result.signal !== undefined
          ? `was ended by ${result.signal}`
          : result.exitCode !== undefined
            ? `ended with exit code ${result.exitCode}`
            : `could not be started: ${messageOf(result.cause ?? 'unknown reason')}`
      if (!this.#expectedExit) this.#options.onUnexpectedExit(reason, this.lastLines())
      return reason
    })
    return child
  }

  async kill(): Promise<void> {
    if (this.#state === 'dead') return
    this.#expectedExit = true
    const pid = this.#pid
    // PostgreSQL does not start while the process that its lock file names is there, be it dead and not yet collected.
    const collected = this.#supervises && pid !== undefined && killBelow(pid)
    const late = collected ? setTimeout(() => this.#signal('SIGKILL'), COLLECT_MS) : undefined
    if (!collected) this.#signal('SIGKILL')
    await this.#exited
    clearTimeout(late)
  }

  /**
   * Signals the whole tree until nothing of it runs. The freezer of a cgroup would reach no more: of 33 processes of PostgreSQL with
   * 24 clients, and of 5 of RabbitMQ, none was awake afterwards in any of five pauses, counted by the cgroup that held them.
   */
  async pause(): Promise<void> {
    if (this.#state !== 'running') return
    this.#signal('SIGSTOP')
    this.#state = 'paused'
    for (let looks = 0; looks < STOP_LOOKS && (await this.observedState()) === 'running'; looks++) {
      // A process that was born while the tree was being walked is still running: signal again.
      if (looks % 20 === 19) this.#signal('SIGSTOP')
      await new Promise((resolve) => setTimeout(resolve, 1))
    }
  }

  async resume(): Promise<void> {
    if (this.#state !== 'paused') return
    this.#signal('SIGCONT')
    this.#state = 'running'
  }

  mayEnd(): void {
    this.#expectedExit = true
  }

  failure(reason: string): EnvironmentError {
    const lines = this.lastLines()
    return new EnvironmentError(
      `${this.#options.name} ${reason}.`,
      lines.length === 0 ? ['Its log is empty.'] : ['The end of its log:', ...lines.map((line) => `  ${line}`)],
    )
  }

  lastLines(): string[] {
    try {
      const text = readFileSync(this.#options.logFile, 'utf8').trimEnd()
      const lines = text.split('\n').filter((line) => line.trim() !== '' && !STACK_FRAME.test(line))
      return lines.slice(-QUOTED_LINES).map(shortened)
    } catch {
      return []
    }
  }

  get #pid(): number | undefined {
    return this.#state === 'dead' ? undefined : this.#child?.pid
  }

  #signal(signal: NodeJS.Signals): void {
    const pid = this.#pid
    if (pid !== undefined) signalTree(pid, signal)
  }
}

function shortened(line: string): string {
  return line.length <= QUOTED_LENGTH ? line : `${line.slice(0, QUOTED_LENGTH)}…`
}
