/**
 * A program on a machine reached by SSH. Its input and output are those of an `ssh` that we start; signals are sent by commands
 * over the same connection, to all that it has started there.
 */
import {join} from 'node:path'
import {fileURLToPath} from 'node:url'
import type {ProcessState} from '../../core/cluster.ts'
import {packageRoot} from '../../core/package.ts'
import type {Command, Program} from '../../core/place.ts'
import {quoteWord} from '../../core/shell.ts'
import type {Machine} from './machine.ts'
import {TREE} from './script.ts'

const ROOT = fileURLToPath(packageRoot)

export interface SshProgramOptions {
  readonly node: string
  readonly machine: Machine
  /** The `ssh` that runs it, as a program of this machine. */
  readonly local: Program
  /** What was prepared for the node here and goes there before each start; absent where both see the same files. */
  readonly prepared: string | undefined
}

export class SshProgram implements Program {
  readonly #options: SshProgramOptions
  #paused = false

  constructor(options: SshProgramOptions) {
    this.#options = options
  }

  get state(): ProcessState {
    const {state} = this.#options.local
    return state === 'running' && this.#paused ? 'paused' : state
  }

  /** Of all that it has started there, the liveliest. */
  async observedState(): Promise<ProcessState> {
    if (this.state === 'dead') return 'dead'
    const script = `${TREE}\nps -o stat= -p "$(tree "$(cat ${this.#pidFile})" | paste -sd, -)"`
    const {exitCode, stdout} = await this.#options.machine.run(script)
    if (exitCode === 255 || exitCode === undefined) return this.state
    const states = stdout.split('\n').filter((line) => line.trim() !== '' && !line.startsWith('Z'))
    if (states.length === 0) return 'dead'
    return states.every((line) => line.startsWith('T')) ? 'paused' : 'running'
  }

  get exited(): Promise<string> {
    const {local, machine} = this.#options
    return local.exited.then((reason) => {
      if (machine.lost !== undefined || reason.endsWith('exit code 255')) return `was lost with ${machine.name}`
      return reason.endsWith('exit code 127') ? `could not be started: ${machine.name} has no such program` : reason
    })
  }

  get stdin(): NodeJS.WritableStream | undefined {
    return this.#options.local.stdin
  }

  start(command: Command, options: {readonly stdout: 'pipe' | 'log'}): {readonly stdout: NodeJS.ReadableStream | null} {
    this.#paused = false
    return this.#options.local.start({command: 'sh', args: ['-c', this.#startScript(command)]}, options)
  }

  async kill(): Promise<void> {
    const {local, machine} = this.#options
    if (local.state === 'dead') return
    local.mayEnd()
    const end = `${TREE}\n[ ! -e ${this.#pidFile} ] || end "$(cat ${this.#pidFile})"; rm -f ${this.#pidFile}`
    await machine.run(end)
    await local.kill()
    // What was only just being started when we came.
    await machine.run(end)
    this.#paused = false
  }

  async pause(): Promise<void> {
    if (this.state !== 'running') return
    // A process that was born while the tree was being walked still runs: twice.
    await this.#signal('STOP')
    await this.#signal('STOP')
    this.#paused = true
  }

  async resume(): Promise<void> {
    if (this.state !== 'paused') return
    await this.#signal('CONT')
    this.#paused = false
  }

  mayEnd(): void {
    this.#options.local.mayEnd()
  }

  failure(reason: string): Error {
    return this.#options.local.failure(`${reason} (on ${this.#options.machine.name})`)
  }

  lastLines(): string[] {
    return this.#options.local.lastLines()
  }

  get #pidFile(): string {
    const {machine, node} = this.#options
    return quoteWord(join(machine.room, '.pids', node))
  }

  async #signal(signal: 'STOP' | 'CONT'): Promise<void> {
    await this.#options.machine.run(`${TREE}\nkill -${signal} $(tree "$(cat ${this.#pidFile})")`)
  }

  /** Brings what it needs, and becomes the `ssh` that runs it. */
  #startScript({command, args, env, cwd}: Command): string {
    const {machine, node, prepared} = this.#options
    const room = join(machine.room, node)
    const brought = join(machine.room, '.chaos')
    const own = [command, ...args].some((word) => word.startsWith(ROOT))
    const words = [command, ...args].map((word) =>
      word === process.execPath ? 'node' : word.startsWith(ROOT) ? join(brought, word.slice(ROOT.length)) : word,
    )
    const settings = Object.entries(env ?? {}).map(([name, value]) => `${name}=${value}`)
    // A program is where it is on that machine, not where it is on ours.
    const find = 'case "$1" in /*) if [ ! -x "$1" ]; then c=$(basename "$1"); shift; set -- "$c" "$@"; fi;; esac'
    const inner = `echo $$ > ${this.#pidFile}; ${find}; exec env ${settings.map(quoteWord).join(' ')} "$@"`
    const outer = `cd ${quoteWord(cwd ?? room)} && exec setsid --wait sh -c ${quoteWord(inner)} sh ${words.map(quoteWord).join(' ')}`
    return [
      'set -e',
      this.#remote(`mkdir -p ${quoteWord(room)}`),
      ...(prepared === undefined ? [] : [this.#bringPrepared(prepared, room)]),
      ...(own ? [this.#bring(brought)] : []),
      `exec ${machine.words(outer).map(quoteWord).join(' ')}`,
    ].join('\n')
  }

  #bringPrepared(prepared: string, room: string): string {
    const unpack = this.#remote(`tar -C ${quoteWord(room)} -x`)
    return `if [ -d ${quoteWord(prepared)} ]; then tar -C ${quoteWord(prepared)} -c . | ${unpack}; fi`
  }

  /** This package, as far as nodes need it, once. */
  #bring(brought: string): string {
    const there = quoteWord(brought)
    const fresh = quoteWord(`${brought}.${this.#options.node}`)
    const unpack = `mkdir -p ${fresh} && tar -C ${fresh} -xz && { [ -e ${there} ] || mv ${fresh} ${there}; }`
    const pack = `tar -C ${quoteWord(ROOT)} -cz --exclude='*.map' --exclude='*.d.ts' package.json dist`
    return `if ! ${this.#remote(`[ -e ${there} ]`)}; then ${pack} | ${this.#remote(unpack)}; fi`
  }

  /** The command that runs a script there without touching our input. */
  #remote(script: string): string {
    const words = this.#options.machine.words(script).map(quoteWord).join(' ')
    return script.includes('tar -C') ? words : `${words} </dev/null`
  }
}
