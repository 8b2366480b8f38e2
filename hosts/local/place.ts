/** This machine as a place for programs: subprocesses, each with a log file, ended with the run. */
import {join} from 'node:path'
import {execa} from 'execa'
import {messageOf} from '../../core/error.ts'
import type {NodeId} from '../../core/node.ts'
import type {Command, Finished, Place} from '../../core/place.ts'
import {quietPort} from '../../net/ports.ts'
import {asUser} from './as-user.ts'
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
    execute,
    freePort: quietPort,
  }
}

async function execute({command, args, env, cwd, user}: Command, limitMs: number): Promise<Finished> {
  const [file, ...words] = asUser([command, ...args], user)
  const result = await execa(file as string, words, {
    reject: false,
    timeout: limitMs,
    stdin: 'ignore',
    env: {NODE_EXTRA_CA_CERTS: '', ...env},
    ...(cwd === undefined ? {} : {cwd}),
  })
  const why = result.exitCode === undefined ? messageOf(result.cause ?? result.signal ?? 'could not be started') : ''
  return {exitCode: result.exitCode, stdout: result.stdout, stderr: result.stderr || why}
}
