/**
 * What a `chaos.config.ts` (or `.js`, `.json`) may say. It is checked when it is read; this file holds its shape for
 * editors, and `defineConfig`, which does nothing but lend it its type.
 */
import type {Client} from './client.ts'
import type {Target} from './target.ts'
import type {Claim} from './workload.ts'

/** An external target, given as a command that starts one node. */
export interface CommandTarget {
  /** One node's command line. `{id}`, `{port}`, `{peers}` (`n2=host:port,…`), `{directory}` and `{nodes}` are filled in. */
  readonly command: string
  /** When a node counts as up: it accepts connections, or it prints a line that matches. */
  readonly ready?: 'tcp' | {readonly log: string}
  /**
   * Something to send to its port that it answers with at least one byte, such as `PING\r\n`; empty where it speaks first.
   * With it, what it answers proves cuts and freezes; without it, twins of its links and the operating system have to do.
   */
  readonly probe?: string
  /** What it claims, by workload. */
  readonly claims: Readonly<Record<string, Claim>>
  /** Opens a connection to one node: for each function a method that returns (ok), throws NotDone (fail) or else (info). */
  readonly client: (address: {
    readonly node: string
    readonly host: string
    readonly port: number
  }) => Client | Promise<Client>
  /** Functions that the client speaks; the workload leaves out optional ones that are not among them. */
  readonly functions?: readonly string[]
  /** Whether NotDone with a reason such as "value differs" or "not found" is the truth: it then counts as an observation. */
  readonly truthfulRefusals?: boolean
  readonly nodes?: number
  readonly description?: string
}

/** Defaults of `chaos run`, by the names of its flags. */
export type Defaults = Readonly<Record<string, string | number | boolean | readonly string[]>>

/** A named set of runs for `chaos ci`. */
export interface Profile {
  readonly matrix?: {
    readonly target?: readonly string[]
    readonly workload?: readonly string[]
    readonly faults?: readonly (readonly string[])[]
  }
  readonly budget?: string
  readonly canaries?: 'all' | 'none' | readonly string[]
  readonly thresholds?: readonly string[]
  readonly run?: Defaults
}

export interface Config {
  /** Further targets: a module path, a command, or a target object. */
  readonly targets?: Readonly<Record<string, string | CommandTarget | Target>>
  readonly run?: Defaults
  readonly profiles?: Readonly<Record<string, Profile>>
}

/** Lends a configuration its type. */
export function defineConfig(config: Config): Config {
  return config
}

export {NotDone} from './client.ts'
