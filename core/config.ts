/**
 * What a `chaos.config.ts` (or `.js`, `.json`) may say. It is checked when it is read; this file holds its shape for
 * editors, and `defineConfig`, which does nothing but lend it its type.
 */
import type {Checker} from './checker.ts'
import type {Client} from './client.ts'
import type {Nemesis} from './nemesis.ts'
import type {Target} from './target.ts'
import type {Claim, Workload} from './workload.ts'

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
    /** A text that no other run has, to be put before keys where the cluster outlives a run, as pods do. */
    readonly run: string
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

/** What one module or package may bring, by name. A text is the path of a module with a default export, or a package. */
export interface Plugin {
  readonly targets?: Readonly<Record<string, string | CommandTarget | Target>>
  readonly workloads?: Readonly<Record<string, string | Workload>>
  readonly nemeses?: Readonly<Record<string, string | Nemesis>>
  /** A checker, or a function that makes one from its options. */
  readonly checkers?: Readonly<Record<string, string | Checker | ((options?: never) => Checker)>>
}

export const PLUGIN_KINDS = ['targets', 'workloads', 'nemeses', 'checkers'] as const
export type PluginKind = (typeof PLUGIN_KINDS)[number]

export interface Config extends Plugin {
  /** Plug-ins of others: paths of modules, names of packages, or what such a module exports by default. */
  readonly plugins?: readonly (string | Plugin)[]
  readonly run?: Defaults
  readonly profiles?: Readonly<Record<string, Profile>>
}

/** Lends a plug-in its type. */
export function definePlugin(plugin: Plugin): Plugin {
  return plugin
}

/** Lends a configuration its type. */
export function defineConfig(config: Config): Config {
  return config
}

export {NotDone} from './client.ts'
