/**
 * A machine reached by SSH: one connection, kept open for the whole run, over which commands run and ports are forwarded.
 *
 * The connection itself is a lifeline. What runs at its other end hears from us every few seconds; when it does not, because we
 * have ended in whatever way or the network is gone, it ends every program of the run on that machine and removes their files.
 */
import {join} from 'node:path'
import {execa, type ResultPromise} from 'execa'
import {EnvironmentError} from '../../core/error.ts'
import type {Finished} from '../../core/place.ts'
import {quoteWord} from '../../core/shell.ts'
import {TREE} from './script.ts'

const CONNECT_LIMIT_S = 10
/** How long the shell of a machine may take until it runs a command, ms. */
const SHELL_LIMIT_MS = 30_000
/** What the far end says when it is ready. */
const READY = 'chaos-ready'
/** How often each side shows that it is there, s, and how often that may fail. */
const ALIVE_S = 2
const ALIVE_MISSES = 3
/** How long the far end waits for us, s. */
const PATIENCE_S = 15
const COMMAND_LIMIT_MS = 15_000

export interface MachineOptions {
  /** As `ssh` takes it: a name of its configuration, or `user@host`. A port goes behind a colon. */
  readonly name: string
  /** A configuration file for `ssh`; the user's own when absent. */
  readonly config?: string
  /** Where the control socket goes. */
  readonly directory: string
  /** The directory of the run on that machine. */
  readonly room: string
  /** Registers a process group that must not outlive the run; call what it returns once the group has ended. */
  guard(pid: number): () => void
}

/** The `ssh` that holds the connection. */
type Child = ResultPromise<{reject: false; buffer: false; stdin: 'pipe'; stdout: 'pipe'; stderr: 'pipe'}>

export class Machine {
  readonly name: string
  readonly room: string
  readonly #options: MachineOptions
  readonly #socket: string
  #master: Child | undefined
  #beat: NodeJS.Timeout | undefined
  /** Why the connection is gone. */
  #lost: string | undefined

  private constructor(options: MachineOptions, socket: string) {
    this.name = options.name
    this.room = options.room
    this.#options = options
    this.#socket = socket
  }

  /** Throws EnvironmentError with what `ssh` said where the machine cannot be used. */
  static async open(options: MachineOptions, index: number): Promise<Machine> {
    const machine = new Machine(options, join(options.directory, `${index}.sock`))
    await machine.#connect()
    return machine
  }

  /** Why the machine cannot be reached any more; undefined while it can. */
  get lost(): string | undefined {
    return this.#lost
  }

  /** The words that run this script on the machine. */
  words(script: string): string[] {
    return [
      'ssh',
      '-S',
      this.#socket,
      '-o',
      'ControlMaster=no',
      ...this.#flags,
      ...this.#place,
      `exec sh -c ${quoteWord(script)}`,
    ]
  }

  /** Runs a script to its end. Never rejects for one that fails. */
  run(script: string, limitMs = COMMAND_LIMIT_MS): Promise<Finished> {
    return finished(this.words(script), limitMs)
  }

  /**
   * Opens a port here that leads to the same port of that machine's loopback interface (`-L`), or one of that machine that
   * leads to a port here (`-R`). Throws EnvironmentError where the port is taken or forwarding is forbidden.
   */
  async forward(way: '-L' | '-R', from: number, to: number): Promise<void> {
    const {exitCode, stderr} = await this.#control(['-O', 'forward', way, `127.0.0.1:${from}:127.0.0.1:${to}`])
    if (exitCode === 0) return
    const where = way === '-L' ? `here to ${this.name}` : `${this.name} to here`
    throw new EnvironmentError(`Port ${from} cannot be forwarded from ${where}.`, [
      ...said(stderr),
      'Is the port taken, or AllowTcpForwarding off in its sshd_config?',
    ])
  }

  async unforward(way: '-L' | '-R', from: number, to: number): Promise<void> {
    await this.#control(['-O', 'cancel', way, `127.0.0.1:${from}:127.0.0.1:${to}`])
  }

  /** Ends every program there and removes the run's directory; resolves when that is done or the machine is gone. */
  async close(): Promise<void> {
    clearInterval(this.#beat)
    this.#lost ??= 'the run is over'
    this.#master?.stdin.end()
    await this.#master
  }

  get #place(): string[] {
    const [, host = this.name, port] = /^(.*?)(?::(\d+))?$/.exec(this.name) ?? []
    return port === undefined ? [host] : ['-p', port, host]
  }

  get #flags(): string[] {
    const {config} = this.#options
    const options = {
      BatchMode: 'yes',
      ConnectTimeout: CONNECT_LIMIT_S,
      ServerAliveInterval: ALIVE_S,
      ServerAliveCountMax: ALIVE_MISSES,
      ExitOnForwardFailure: 'yes',
      LogLevel: 'ERROR',
    }
    const words = Object.entries(options).flatMap(([name, value]) => ['-o', `${name}=${value}`])
    return config === undefined ? words : ['-F', config, ...words]
  }

  /** Orders the `ssh` that holds the connection to do something. */
  #control(words: readonly string[]): Promise<Finished> {
    return finished(['ssh', '-S', this.#socket, ...this.#flags, ...words, ...this.#place], COMMAND_LIMIT_MS)
  }

  async #connect(): Promise<void> {
    const master = this.#launch()
    this.#master = master
    const release = master.pid === undefined ? () => {} : this.#options.guard(master.pid)
    master.stdin.on('error', () => {})
    let printed = ''
    const up = new Promise<void>((resolve) => {
      master.stdout.on('data', (text) => {
        if (printed.includes(READY)) return
        printed += String(text)
        if (printed.includes(READY)) resolve()
      })
    })
    let late: NodeJS.Timeout | undefined
    const over = new Promise<string>((resolve) => {
      late = setTimeout(resolve, SHELL_LIMIT_MS, 'it lets us in and runs no command')
    })
    let complaint = ''
    master.stderr.on('data', (text) => {
      complaint += String(text)
    })
    const ended = master.then(({exitCode}) => {
      release()
      clearInterval(this.#beat)
      this.#lost ??= said(complaint).at(-1) ?? `ssh ended with ${exitCode}`
    })
    this.#beat = setInterval(() => {
      if (master.stdin.writable) master.stdin.write('.\n')
    }, ALIVE_S * 1000)
    const silent = await Promise.race([up, ended, over])
    clearTimeout(late)
    const noise = said(printed.slice(0, printed.indexOf(READY)))
    if (this.#lost === undefined && silent === undefined && noise.length === 0) return
    if (silent !== undefined) master.kill('SIGKILL')
    else if (this.#lost === undefined) await this.close()
    const [first] = noise
    const startUp = 'Does a start-up file of its shell wait for something?'
    throw new EnvironmentError(`${this.name} cannot be used by SSH.`, [
      ...said(complaint),
      ...(silent === undefined ? [] : [`${silent} within ${SHELL_LIMIT_MS / 1000} s. ${startUp}`]),
      ...(first === undefined
        ? []
        : [
            `Before any command it prints ${JSON.stringify(first)}: what nodes print could not be told from that.`,
            'Let start-up files of its shell print only where that is interactive: case $- in *i*) …; esac',
          ]),
      `Try it by hand: ssh ${this.#place.join(' ')} true`,
    ])
  }

  #launch(): Child {
    const words = ['-M', '-S', this.#socket, '-o', 'ControlPersist=no', ...this.#flags, ...this.#place]
    return execa('ssh', [...words, `exec sh -c ${quoteWord(lifeline(this.room))}`], {
      stdio: ['pipe', 'pipe', 'pipe'],
      reject: false,
      buffer: false,
      // A group of its own: Ctrl-C is for us, and we end it.
      detached: true,
      cleanup: false,
    }) as unknown as Child
  }
}

/** Runs an `ssh` to its end. */
async function finished([file, ...args]: readonly string[], limitMs: number): Promise<Finished> {
  const result = await execa(file as string, args, {reject: false, timeout: limitMs, stdin: 'ignore'})
  const why = result.exitCode === undefined ? (result.shortMessage ?? '') : ''
  return {exitCode: result.exitCode, stdout: result.stdout, stderr: result.stderr || why}
}

/** What `ssh` said, without blank lines. */
function said(stderr: string): string[] {
  return stderr
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== '')
}

/**
 * Holds the room of a run for as long as somebody at the other end is heard. Directories above it that were not there before go
 * with it: the room is named like the one here, which may be in a directory that this machine alone has.
 */
function lifeline(room: string): string {
  const directory = quoteWord(room)
  return `${TREE}
for tool in setsid ps timeout head tar; do command -v $tool >/dev/null || { echo "it has no $tool" >&2; exit 1; }; done
top=${directory}; while up=$(dirname "$top"); [ ! -d "$up" ]; do top=$up; done
umask 077; mkdir -p ${directory}/.pids || exit 1
echo ${READY}
while [ -n "$(timeout ${PATIENCE_S} head -n 1)" ]; do :; done
for file in ${directory}/.pids/*; do [ -e "$file" ] && end "$(cat "$file")"; done
rm -rf ${directory}
up=${directory}; while [ "$up" != "$top" ]; do up=$(dirname "$up"); rmdir "$up" 2>/dev/null || break; done`
}
