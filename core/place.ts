/**
 * Where the programs of a cluster run: this machine, a namespace of it, a machine reached by SSH, a container. A target
 * starts its nodes through a place and never asks which kind it is.
 */
import type {ProcessState} from './cluster.ts'
import type {Endpoint, Services} from './links.ts'
import type {NodeId} from './node.ts'

/** One command line, as data. */
export interface Command {
  readonly command: string
  readonly args: readonly string[]
  /** Added to the environment. */
  readonly env?: Readonly<Record<string, string>>
  readonly cwd?: string
  /** The user to run as, for programs that refuse to be root; ignored where we are not root. */
  readonly user?: string
  /** It starts another program, collects whatever that leaves, and ends as that does: a kill is meant for the other. */
  readonly supervises?: true
}

/** What a command that ran to its end came to. */
export interface Finished {
  /** Undefined when a signal ended it or it could not be started. */
  readonly exitCode: number | undefined
  readonly stdout: string
  readonly stderr: string
}

/** The program of one node, which may be started again after its end. Its process is the head of a group of its own. */
export interface Program {
  /** How it is as far as we had our hands in it. */
  readonly state: ProcessState
  /** How it is according to the operating system: every process that it has started, where they differ the liveliest. */
  observedState(): Promise<ProcessState>
  /** Resolves, once the process has ended, to how: "was ended by SIGKILL". */
  readonly exited: Promise<string>
  readonly stdin: NodeJS.WritableStream | undefined
  /**
   * Starts it. Its output joins its errors in the log, or with `stdout: 'pipe'` is the caller's to read. A missing binary
   * shows in `exited`.
   */
  start(command: Command, options: {readonly stdout: 'pipe' | 'log'}): {readonly stdout: NodeJS.ReadableStream | null}
  /** SIGKILL to all of it; resolves once it is gone. Nothing happens to one that is dead. */
  kill(): Promise<void>
  /** Freezes all of it; resolves once the operating system says so. */
  pause(): Promise<void>
  resume(): Promise<void>
  /** Until it is started again, its end surprises nobody: a fault leads to it, but no signal of ours. */
  mayEnd(): void
  /** The error that says what happened, with the end of the log. */
  failure(reason: string): Error
  lastLines(): string[]
}

/** Programs that were defined by others, as those in containers are: a target's command lines are not used. */
export interface Resident {
  /** A text that no other run has: what is kept in the cluster may outlive a run. */
  readonly run: string
  /** The services of each node, as they are reached from here; `usual` is the port on which a target's programs listen. */
  services(nodes: readonly NodeId[], usual: number | undefined): Promise<Services>
  /** Resolves to where clients reach a node, once its program has been started again and runs. */
  started(node: NodeId): Promise<Endpoint>
}

export interface Place {
  /** Prepares the program of a node. It is ended with the run, whatever becomes of us. */
  program(node: NodeId): Program
  /** Runs a command to its end, for setting up and asking. Never rejects for a command that fails. */
  execute(command: Command, limitMs: number): Promise<Finished>
  /** A port that nobody listens on right now. Somebody may take it in between: be ready to try again. */
  freePort(host?: string): Promise<number>
  /** Whether nobody listens there right now. Absent where we cannot tell. */
  isFree?(address: Endpoint): Promise<boolean>
  /** Present where programs are started by definitions of their own, and listen where those say. */
  readonly resident?: Resident
  /** By how much the monotonic clock of a node's machine is ahead of ours, ns. Absent where it is ours. */
  clockShiftNs?(node: NodeId): Promise<bigint>
}
