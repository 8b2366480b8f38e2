/** The program of a node in a container: what it prints comes from the engine, and the engine is told what is done to it. */
import type {ProcessState} from '../../core/cluster.ts'
import type {NodeId} from '../../core/node.ts'
import type {Command, Program} from '../../core/place.ts'
import type {Engine} from './engine.ts'

export class ContainerProgram implements Program {
  readonly #engine: Engine
  readonly #node: NodeId
  /** What follows the container, as a program of this machine: it lives as long as the container does. */
  readonly #follower: Program
  #paused = false

  constructor(engine: Engine, node: NodeId, follower: Program) {
    this.#engine = engine
    this.#node = node
    this.#follower = follower
  }

  get state(): ProcessState {
    const {state} = this.#follower
    return state === 'running' && this.#paused ? 'paused' : state
  }

  async observedState(): Promise<ProcessState> {
    return this.state === 'dead' ? 'dead' : (await this.#engine.look(this.#node)).state
  }

  get exited(): Promise<string> {
    return this.#follower.exited
  }

  get stdin(): undefined {
    return undefined
  }

  /** What it is to be started with stands in the container's own definition. */
  start(_: Command, options: {readonly stdout: 'pipe' | 'log'}): {readonly stdout: NodeJS.ReadableStream | null} {
    this.#paused = false
    return this.#follower.start({command: 'sh', args: ['-c', this.#engine.life(this.#node)]}, options)
  }

  async kill(): Promise<void> {
    if (this.#follower.state === 'dead') return
    this.#follower.mayEnd()
    await this.#engine.kill(this.#node)
    await this.#follower.kill()
    this.#paused = false
  }

  async pause(): Promise<void> {
    if (this.state !== 'running') return
    await this.#engine.pause?.(this.#node)
    this.#paused = true
  }

  async resume(): Promise<void> {
    if (this.state !== 'paused') return
    await this.#engine.resume?.(this.#node)
    this.#paused = false
  }

  mayEnd(): void {
    this.#follower.mayEnd()
  }

  failure(reason: string): Error {
    return this.#follower.failure(`(${this.#engine.names.get(this.#node)}) ${reason}`)
  }

  lastLines(): string[] {
    return this.#follower.lastLines()
  }
}
