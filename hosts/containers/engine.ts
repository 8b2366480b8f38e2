/**
 * What containers are run by, as chaos uses it: command lines, nothing else. Each engine says which words do what
 * (`compose-commands.ts`, `kubernetes-commands.ts`); whoever wants to know what is done to a cluster reads them there.
 */
import type {ProcessState} from '../../core/cluster.ts'
import {EnvironmentError} from '../../core/error.ts'
import type {Endpoint} from '../../core/links.ts'
import type {NodeId} from '../../core/node.ts'
import type {Finished} from '../../core/place.ts'

/** Runs a command line to its end with this input. Never rejects for one that fails. */
export type Run = (
  words: readonly string[],
  options?: {readonly input?: string; readonly limitMs?: number},
) => Promise<Finished>

/** How the container of a node is now, as the engine says. */
export interface Standing {
  readonly state: ProcessState
  /** Its addresses on the networks that containers share. */
  readonly addresses: readonly string[]
}

export interface Engine {
  /** What it is, for the banner: "compose project chaos-7 (n1 = etcd1)". */
  readonly words: string
  /** What the container of each node is called there. */
  readonly names: ReadonlyMap<NodeId, string>
  /** The port inside of its container that clients of a node dial; `usual` is where the target's programs listen. */
  port(node: NodeId, usual: number | undefined): number
  look(node: NodeId): Promise<Standing>
  /** A shell script that starts the container, or finds it running, and lives as long as it does, with its log as output. */
  life(node: NodeId): string
  kill(node: NodeId): Promise<void>
  /** Absent where containers cannot be frozen. */
  pause?(node: NodeId): Promise<void>
  resume?(node: NodeId): Promise<void>
  /** Where this port of its container is reached from here; called again after each start. */
  reach(node: NodeId, port: number): Promise<Endpoint>
  /** Makes sure that commands can be run in the network of a node, after each start; then `inside` may be asked. */
  prepareInside(node: NodeId): Promise<void>
  /** The words that run a command in the network of a running node. */
  inside(node: NodeId, words: readonly string[]): readonly string[]
  /** Undoes all that was started; resolves when nothing of it is left. */
  close(): Promise<void>
}

/** What a command said, or the error that says what it was. */
export async function demanded(run: Run, words: readonly string[], what: string, limitMs?: number): Promise<string> {
  const {exitCode, stdout, stderr} = await run(words, limitMs === undefined ? {} : {limitMs})
  if (exitCode === 0) return stdout
  throw new EnvironmentError(`${what}: \`${words.join(' ').slice(0, 160)}\` failed.`, said(stderr || stdout))
}

/** The last lines that are not blank. */
export function said(text: string): string[] {
  const lines = text.split('\n').map((line) => line.trimEnd())
  return lines.filter((line) => line !== '').slice(-6)
}
