/** The agents of a cluster: one process in the namespace of each node, which probes its links (`agent-main.ts`). */
import {type ChildProcess, spawn} from 'node:child_process'
import {createInterface} from 'node:readline'
import {EnvironmentError} from '../../core/error.ts'
import type {Ping} from '../../core/network.ts'
import type {NodeId} from '../../core/node.ts'
import {programBeside} from '../../net/toxiproxy/program.ts'
import type {Topology} from './topology.ts'

/** Beyond the probe's own limit, how long its answer may take. */
const ANSWER_LIMIT_MS = 5000

interface Agent {
  readonly child: ChildProcess
  readonly ready: Promise<void>
  readonly asked: Map<number, (ping: Ping) => void>
}

export class Agents {
  readonly #agents: ReadonlyMap<NodeId, Agent>
  #asks = 0

  constructor(topology: Topology) {
    this.#agents = new Map([...topology.addresses.keys()].map((node) => [node, startAgent(topology, node)]))
  }

  /** One round trip from a node to the echo behind an address of another one. */
  async ping(from: NodeId, host: string, limitMs: number, bytes: number): Promise<Ping> {
    const {child, asked} = this.#agents.get(from) as Agent
    const id = this.#asks++
    return await new Promise<Ping>((resolve) => {
      const timer = setTimeout(
        () => resolve({reachable: false, error: `no word from the probe on ${from}`}),
        limitMs + ANSWER_LIMIT_MS,
      )
      asked.set(id, (ping) => {
        clearTimeout(timer)
        asked.delete(id)
        resolve(ping)
      })
      child.stdin?.write(`${JSON.stringify({id, host, limitMs, bytes})}\n`)
    })
  }

  /** Resolves when all can probe and answer. Throws EnvironmentError. */
  async ready(): Promise<void> {
    await Promise.all([...this.#agents.values()].map(({ready}) => ready))
  }

  close(): void {
    for (const {child} of this.#agents.values()) child.kill('SIGKILL')
  }
}

function startAgent(topology: Topology, node: NodeId): Agent {
  const {path, nodeArguments} = programBeside(import.meta.url, 'agent-main')
  const [file, ...words] = topology.inside(node, [process.execPath, ...nodeArguments, path])
  const child = spawn(file as string, words, {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: {...process.env, NODE_EXTRA_CA_CERTS: ''},
  })
  child.stdin?.on('error', () => {})
  const asked = new Map<number, (ping: Ping) => void>()
  const ready = new Promise<void>((resolve, reject) => {
    child.once('exit', () => reject(new EnvironmentError(`The probe on ${node} ended.`)))
    createInterface({input: child.stdout as NodeJS.ReadableStream}).on('line', (line) => {
      const answer = JSON.parse(line) as {ready: true} | {id: number; ping: Ping}
      if ('ready' in answer) resolve()
      else asked.get(answer.id)?.(answer.ping)
    })
  })
  // Whoever waits for it hears of it.
  ready.catch(() => {})
  return {child, ready, asked}
}
