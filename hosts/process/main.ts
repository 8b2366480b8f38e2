/**
 * A bundled node as a process: reads who it is from standard input, listens, says where, starts the protocol when it is
 * told where its peers are, and ends when standard input does.
 */
import {createServer, type Server, type Socket} from 'node:net'
import type {DiskProbe} from '../../core/cluster.ts'
import type {Env, Json, Message, Node, NodeId, RequestId} from '../../core/node.ts'
import {builtModule} from '../../core/package.ts'
import {createRandom} from '../../core/random.ts'
import {DiskFailure} from '../../core/record.ts'
import type {Protocol} from '../../core/target.ts'
import type {Boot, Notice, Order} from './control.ts'
import {FileDisk} from './disk.ts'
import {stateWords} from './disk-faults.ts'
import {Peers, peerServer} from './peers.ts'
import {PROBE_FILE, SYNCED_MARK, UNSYNCED_MARK} from './stored-bytes.ts'
import {acceptLines, LineWriter, Outbox, readLines} from './wire.ts'

function tell(notice: Notice): void {
  process.stdout.write(`${JSON.stringify(notice)}\n`)
}

/** Listens on this port of the loopback interface, or on any free one when it is taken. */
function listen(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EADDRINUSE' || port === 0) reject(error)
      else resolve(listen(server, 0))
    })
    server.listen({host: '127.0.0.1', port}, () => resolve((server.address() as {port: number}).port))
  })
}

/** The clients of this node: requests in, replies out. */
class Requests {
  readonly #writers = new Map<string, LineWriter>()
  readonly #outbox: Outbox
  #connections = 0

  constructor(outbox: Outbox) {
    this.#outbox = outbox
  }

  serve(handle: (request: RequestId, message: Message) => void): Server {
    return createServer({noDelay: true}, (accepted: Socket) => {
      const connection = String(this.#connections++)
      const socket = acceptLines(accepted, (line) => {
        const {id, m} = JSON.parse(line) as {id: number; m: Message}
        handle(`${connection}/${id}`, m)
      })
      this.#writers.set(connection, new LineWriter(socket, this.#outbox))
      socket.on('error', () => {})
      socket.on('close', () => this.#writers.delete(connection))
    })
  }

  reply(request: RequestId, message: Message): void {
    const slash = request.indexOf('/')
    this.#writers
      .get(request.slice(0, slash))
      ?.write(`{"id":${request.slice(slash + 1)},"m":${JSON.stringify(message)}}`)
  }
}

class Host {
  readonly #boot: Boot
  /** Nothing leaves this process before what was synced is on the disk. */
  readonly #outbox = new Outbox(() => this.#disk.settle())
  readonly #requests = new Requests(this.#outbox)
  readonly #timers = new Map<string, NodeJS.Timeout>()
  readonly #peers: Peers
  readonly #disk: FileDisk
  readonly #originNs: bigint
  #skewMs: number
  #node: Node | undefined

  constructor(boot: Boot) {
    this.#boot = boot
    this.#skewMs = boot.skewMs
    this.#originNs = BigInt(boot.originNs)
    this.#peers = new Peers(boot.id, this.#outbox)
    this.#disk = new FileDisk(boot.directory, this.#outbox.schedule)
    this.#disk.state = boot.disk
  }

  async listen(): Promise<void> {
    const peers = peerServer((from, message) => this.#node?.message(from, message), this.#outbox)
    const clients = this.#requests.serve((request, message) => this.#node?.request(request, message))
    const peerPort = await listen(peers, this.#boot.peerPort)
    const clientPort = await listen(clients, this.#boot.clientPort)
    tell({listening: {peerPort, clientPort}})
  }

  obey(order: Order, protocol: Protocol): void {
    if ('skewMs' in order) {
      this.#skewMs = order.skewMs
      return
    }
    if ('readClock' in order) {
      tell({clockMs: this.#nowMs()})
      return
    }
    if ('disk' in order) {
      this.#disk.state = order.disk
      return
    }
    if ('readDisk' in order) {
      tell({diskWords: stateWords(this.#disk.state)})
      return
    }
    if ('probeDisk' in order) {
      tell({probed: probe(this.#disk)})
      return
    }
    if ('markDisk' in order) {
      mark(this.#disk)
      tell({marked: true})
      return
    }
    this.#peers.dial(order.peers)
    const {nodes, bugs, args} = this.#boot
    this.#node = protocol.createNode(this.#env(), {nodes, bugs, args})
    this.#node.start()
    tell({started: true})
  }

  #nowNs(): number {
    return Number(process.hrtime.bigint() - this.#originNs)
  }

  /** What this node takes for the time. */
  #nowMs(): number {
    return this.#nowNs() / 1e6 + this.#skewMs
  }

  #env(): Env {
    const {id, nodes, seed} = this.#boot
    const peers = this.#peers
    const requests = this.#requests
    const timers = this.#timers
    return {
      id,
      nodes,
      disk: this.#disk,
      random: createRandom(seed),
      now: () => this.#nowMs(),
      send: (to: NodeId, message: Message) => peers.send(to, message),
      reply: (request: RequestId, message: Message) => requests.reply(request, message),
      setTimer: (name: string, delayMs: number) => {
        clearTimeout(timers.get(name))
        timers.set(
          name,
          setTimeout(() => {
            timers.delete(name)
            this.#node?.timer(name)
          }, delayMs),
        )
      },
      cancelTimer: (name: string) => {
        clearTimeout(timers.get(name))
        timers.delete(name)
      },
      log: (line: string) => {
        process.stderr.write(`${(this.#nowNs() / 1e9).toFixed(6).padStart(11)} ${line}\n`)
      },
      event: (event: Message) => {
        const timeNs = this.#nowNs()
        this.#disk.settle()
        tell({event, timeNs})
      },
    }
  }
}

/** A write of ours and its sync: how long it took, or why it was refused. */
function probe(disk: FileDisk): DiskProbe {
  disk.settle()
  const startNs = process.hrtime.bigint()
  try {
    disk.append(PROBE_FILE, 1)
    disk.sync(PROBE_FILE)
    disk.settle()
    return {tookMs: Number(process.hrtime.bigint() - startNs) / 1e6}
  } catch (error) {
    if (error instanceof DiskFailure) return {refused: error.message}
    throw error
  } finally {
    disk.remove(PROBE_FILE)
  }
}

function mark(disk: FileDisk): void {
  disk.append(SYNCED_MARK, 1)
  disk.sync(SYNCED_MARK)
  disk.settle()
  disk.append(UNSYNCED_MARK, 1)
}

/** The protocol that a module exports: as `protocol`, or as `protocol` of its default export. */
async function loadProtocol(path: string): Promise<Protocol> {
  const module = (await import(builtModule(path).href)) as {protocol?: Protocol; default?: {protocol?: Protocol}}
  const protocol = module.protocol ?? module.default?.protocol
  if (protocol === undefined) throw new Error(`${path} exports no "protocol"`)
  return protocol
}

let host: Host | undefined
let protocol: Protocol | undefined
const orders: Order[] = []

async function boot(config: Boot): Promise<void> {
  protocol = await loadProtocol(config.module)
  host = new Host(config)
  await host.listen()
  for (const order of orders) host.obey(order, protocol)
}

let booting = false
readLines(process.stdin, (line) => {
  const value = JSON.parse(line) as Json
  if (!booting) {
    booting = true
    boot(value as unknown as Boot).catch((error: Error) => {
      process.stderr.write(`${error.stack ?? error}\n`)
      process.exit(1)
    })
    return
  }
  const order = value as unknown as Order
  if (host === undefined || protocol === undefined) orders.push(order)
  else host.obey(order, protocol)
})
// A node must not go on without its disk; that is no bug of it, and the log says so.
process.on('uncaughtException', (error) => {
  const words = error instanceof DiskFailure ? `goes down: ${error.message}` : (error.stack ?? String(error))
  process.stderr.write(`${words}\n`)
  process.exit(1)
})
// The harness is gone, in whatever way: nothing here is worth finishing.
process.stdin.on('end', () => process.exit(0))
process.stdin.on('error', () => process.exit(0))
process.stdout.on('error', () => process.exit(0))
// Ctrl-C goes to the whole terminal; the harness decides when nodes end.
process.on('SIGINT', () => {})
