/**
 * What Erlang needs around the nodes: a name server (epmd) that tells at which port each of them listens for the others, and
 * a way to ask a node a question. Both belong to this run: epmd has a port of its own, and ends with it.
 */
import {mkdirSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {sleep} from '../../core/clock.ts'
import {EnvironmentError} from '../../core/error.ts'
import type {NodeId} from '../../core/node.ts'
import type {Program} from '../../core/place.ts'
import type {StartContext} from '../../core/target.ts'
import {findProgram} from '../../hosts/local/needs.ts'
import {assertFree} from '../../hosts/program/taken.ts'
import {exchange} from '../../net/exchange.ts'

/** How long the name server may take, ms. */
const UP_LIMIT_MS = 10_000
/** Asks for the names that it knows: a length, and the letter n (distribution protocol, "NAMES_REQ"). */
const NAMES_REQUEST = '\0\u0001n'

/** The name of a node among Erlang nodes. */
export const erlangName = (node: NodeId): string => `${node}@localhost`

export class Erlang {
  #port = 0
  #home = ''
  #context: StartContext | undefined
  #names: Program | undefined
  #cookie = ''

  /** Starts the name server. */
  async start(context: StartContext): Promise<void> {
    const {place, clock, directory, signal} = context
    this.#context = context
    this.#cookie = Array.from({length: 4}, () => context.random.uint32().toString(16).padStart(8, '0')).join('')
    this.#home = join(directory, 'erlang')
    this.#port = await place.freePort()
    this.giveCookie(this.#home)
    const program = place.program('epmd')
    this.#names = program
    const args = ['-address', '127.0.0.1', '-port', String(this.#port)]
    const address = {host: '127.0.0.1', port: this.#port}
    const assertOurs = () => assertFree(place, new Map([['the Erlang name server (epmd)', address]]))
    await assertOurs()
    program.start({command: findProgram('epmd') ?? 'epmd', args}, {stdout: 'log'})
    const startNs = clock.nowNs()
    while ((await this.#answers()) === undefined) {
      if (program.state === 'dead') {
        // Where its port is taken it believes that another one serves already, and ends without a word.
        await assertOurs()
        throw program.failure(await program.exited)
      }
      if (clock.nowNs() - startNs > UP_LIMIT_MS * 1e6) {
        throw new EnvironmentError(`epmd did not answer within ${UP_LIMIT_MS / 1000} s.`, program.lastLines())
      }
      await sleep(clock, 20, signal)
    }
  }

  async stop(): Promise<void> {
    await this.#names?.kill()
  }

  /** The secret that nodes of one cluster share, in this home directory. */
  giveCookie(home: string): void {
    mkdirSync(home, {recursive: true})
    writeFileSync(join(home, '.erlang.cookie'), this.#cookie, {mode: 0o400})
  }

  /** For every Erlang program of this cluster. */
  get environment(): Readonly<Record<string, string>> {
    return {
      ERL_EPMD_PORT: String(this.#port),
      ERL_EPMD_ADDRESS: '127.0.0.1',
      // Left alone, a node that finds no name server starts one in the background, which would outlive the run.
      ERL_AFLAGS: '-start_epmd false',
    }
  }

  /** What a function without arguments answers on this node, as Erlang prints it; undefined where there is no answer. */
  async ask(node: NodeId, module: string, name: string, limitMs: number): Promise<string | undefined> {
    const {place} = this.#context as StartContext
    const {exitCode, stdout} = await place.execute(
      {
        command: findProgram('erl_call') ?? 'erl_call',
        args: ['-n', erlangName(node), '-a', `${module} ${name} []`],
        env: {...this.environment, HOME: this.#home},
      },
      limitMs,
    )
    return exitCode === 0 ? stdout : undefined
  }

  #answers(): Promise<string | undefined> {
    return exchange({host: '127.0.0.1', port: this.#port}, NAMES_REQUEST, 1000, () => true)
  }
}
