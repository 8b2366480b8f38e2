/** Opens the containers that a run asks for. */
import {execa} from 'execa'
import {EnvironmentError, messageOf} from '../../core/error.ts'
import type {Connect} from '../../core/links.ts'
import type {NodeId} from '../../core/node.ts'
import type {Finished, Place} from '../../core/place.ts'
import {findProgram} from '../local/needs.ts'
import {openCompose} from './compose.ts'
import type {ComposeFile} from './compose-file.ts'
import type {Engine, Run} from './engine.ts'
import {type ContainerRoom, containerRoom} from './index.ts'
import {openKubernetes} from './kubernetes.ts'
import type {KubernetesPlace} from './kubernetes-commands.ts'

/** What was asked for: a Compose file, or pods. */
export type Containers =
  | {
      readonly engine: 'compose'
      readonly file: string
      readonly project?: string
      readonly parsed: ComposeFile
      readonly port?: number
    }
  | ({
      readonly engine: 'kubernetes'
      readonly selector: string
      readonly image?: string
      readonly port?: number
    } & KubernetesPlace)

export interface OpenContainersOptions {
  readonly local: Place
  readonly connect: Connect
  /** Names of the faults that are to be injected. */
  readonly faults: readonly string[]
}

const COMMAND_LIMIT_MS = 30_000
/** Faults of links between nodes. */
const OF_PACKETS = ['partition', 'loss']

export async function openContainers(
  nodes: readonly NodeId[],
  asked: Containers,
  {local, connect, faults}: OpenContainersOptions,
): Promise<ContainerRoom & {close(): Promise<void>}> {
  const program = asked.engine === 'compose' ? 'docker' : 'kubectl'
  if (findProgram(program) === undefined) {
    throw new EnvironmentError(`There is no \`${program}\` on PATH, which --${asked.engine} needs.`)
  }
  const packets = faults.some((fault) => OF_PACKETS.includes(fault))
  const engine = await open()
  return {...containerRoom({engine, run, local, connect, packets}), close: () => engine.close()}

  function open(): Promise<Engine> {
    if (asked.engine === 'compose') {
      const project = asked.project ?? `chaos-${process.pid}`
      return openCompose(nodes, {...asked, project, run})
    }
    return openKubernetes(nodes, {...asked, run, local, kills: faults.includes('kill'), packets})
  }
}

/** A group of its own: Ctrl-C is for us, and what is under way then is brought to its end. */
const run: Run = async ([file, ...args], {input, limitMs = COMMAND_LIMIT_MS} = {}): Promise<Finished> => {
  const result = await execa(file as string, args, {
    reject: false,
    detached: true,
    cleanup: false,
    timeout: limitMs,
    ...(input === undefined ? {stdin: 'ignore' as const} : {input}),
  })
  const why =
    result.exitCode === undefined ? messageOf(result.cause ?? result.shortMessage ?? 'could not be started') : ''
  return {exitCode: result.exitCode, stdout: result.stdout as string, stderr: (result.stderr as string) || why}
}
