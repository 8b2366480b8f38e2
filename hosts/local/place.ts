/** This machine as a place for programs: subprocesses, each with a log file, ended with the run. */
import {join} from 'node:path'
import {execa} from 'execa'
import {messageOf} from '../../core/error.ts'
import type {NodeId} from '../../core/node.ts'
import type {Command, Finished, Place} from '../../core/place.ts'
import {isFree, quietPort} from '../../net/ports.ts'
import {asUser} from './as-user.ts'
import {signalTree} from './process-tree.ts'
import {LocalProgram} from './program.ts'

export interface LocalPlaceOptions {
  /** `<node>.log` files go here. */
  readonly logDirectory: string
  /** Registers a process group that must not outlive the run; call what it returns once the group has ended. */
  guard(pid: number): () => void
  /** Told when a node ends that nobody had ended. */
  onUnexpectedExit(node: NodeId, reason: string, lastLines: readonly string[]): void
}

export function localPlace({logDirectory, guard, onUnexpectedExit}: LocalPlaceOptions): Place {
  return {
    program: (node) =>
      new LocalProgram({
        name: `Node ${node}`,
        logFile: join(logDirectory, `${node}.log`),
        guard,
        onUnexpectedExit: (reason, lines) => onUnexpectedExit(node, reason, lines),
      }),
    execute: (command, limitMs) => execute(command, limitMs, guard),
    freePort: quietPort,
    isFree,
  }
}

/** A group of its own, so that whatever the command has started ends with it: at its limit, and with us. */
async function execute(
  {command, args, env, cwd, user}: Command,
  limitMs: number,
  guard: LocalPlaceOptions['guard'],
): Promise<Finished> {
  const [file, ...words] = asUser([command, ...args], user)
  const child = execa(file as string, words, {
    reject: false,
    detached: true,
    cleanup: false,
    stdin: 'ignore',
    env: {NODE_EXTRA_CA_CERTS: '', ...env},
    ...(cwd === undefined ? {} : {cwd}),
  })
  const {pid} = child
  const release = pid === undefined ? () => {} : guard(pid)
  const late = setTimeout(() => pid !== undefined && signalTree(pid, 'SIGKILL'), limitMs)
  const result = await child
  clearTimeout(late)
  release()
  const why = result.exitCode === undefined ? messageOf(result.cause ?? result.signal ?? 'could not be started') : ''
  return {exitCode: result.exitCode, stdout: result.stdout, stderr: result.stderr || why}
}
