/**
 * The failover controller at work: looks, decides (`decision.ts`), acts. It hears the primary as the standbys do, over their
 * links; what it does to servers it does as the operator would, past them.
 *
 * Fencing is the killing of the old primary by other means than the network, as a power switch would; the node is then made
 * anew from the new primary and started as a standby. Without fencing the old primary goes on until somebody tidies up.
 */
import {appendFileSync} from 'node:fs'
import {join} from 'node:path'
import {calendarDate, sleep} from '../../core/clock.ts'
import {messageOf} from '../../core/error.ts'
import type {NodeId} from '../../core/node.ts'
import {probeService} from '../../hosts/links/probe.ts'
import type {ProgramCluster} from '../../hosts/program/cluster.ts'
import type {DataDirectories} from './data.ts'
import {type Decision, decide} from './decision.ts'
import type {Settings} from './settings.ts'
import type {Report, Servers} from './status.ts'

/** Between two looks, ms. */
const TICK_MS = 200
/** How long a server may take to answer, ms. */
const ANSWER_MS = 500
const HEAR_MS = 400
/** How long a server may take to do as it is told, ms. */
const ACT_MS = 5000
/** How long servers may take to read their files again, ms. */
const RELOAD_MS = 500
/** How long a standby may take to have all that its primary has, ms. */
const CATCH_UP_MS = 3000
/** Between two attempts to make a node anew, ms. */
const AGAIN_MS = 1000
/** What a client sends to ask for encryption: answered by a byte, before anybody is asked who he is. */
export const SSL_REQUEST = Uint8Array.of(0, 0, 0, 8, 0x04, 0xd2, 0x16, 0x2f)

export class Controller {
  readonly #cluster: ProgramCluster
  readonly #data: DataDirectories
  readonly #servers: Servers
  readonly #settings: Settings
  readonly #stopping = new AbortController()
  readonly #heardMs = new Map<NodeId, number>()
  readonly #followedMs = new Map<NodeId, number>()
  readonly #fenced = new Set<NodeId>()
  readonly #waiting = new Set<NodeId>()
  readonly #rebuilding = new Map<NodeId, Promise<void>>()
  /** Nodes whose data is known to be a beginning of the primary's. */
  readonly #trusted: Set<NodeId>
  #primary: NodeId
  #heir: NodeId | undefined
  /** Whom commits of the primary wait for by its configuration. */
  #waitsFor: NodeId | undefined
  #closed = true
  #epoch = 0
  #tidies = false
  #ended: Promise<void> = Promise.resolve()

  constructor(cluster: ProgramCluster, data: DataDirectories, servers: Servers, settings: Settings) {
    const [first = '', second] = cluster.nodes
    this.#cluster = cluster
    this.#data = data
    this.#servers = servers
    this.#settings = settings
    this.#primary = first
    this.#heir = settings.waitsForStandby ? second : undefined
    this.#waitsFor = this.#heir
    this.#trusted = new Set(cluster.nodes)
  }

  get primary(): NodeId {
    return this.#primary
  }

  get heir(): NodeId | undefined {
    return this.#heir
  }

  start(): void {
    const {clock} = this.#cluster.context
    const {signal} = this.#stopping
    const loop = async () => {
      this.#forgive()
      while (!signal.aborted) {
        await this.#tick().catch((error: unknown) => this.#note(messageOf(error)))
        await sleep(clock, TICK_MS, signal).catch(() => {})
      }
      await Promise.allSettled(this.#rebuilding.values())
    }
    this.#ended = loop()
  }

  async stop(): Promise<void> {
    this.#stopping.abort()
    await this.#ended
  }

  /** From now on every server that takes itself for the primary is made a standby. */
  tidy(): void {
    this.#tidies = true
  }

  /** Puts the files of a node in order before it starts, by what it is to be now. */
  async prepare(node: NodeId): Promise<void> {
    if (node === this.#primary) {
      this.#closed = true
      // One that was to take over and did not get to it still has to be promoted.
      this.#data.begin(node, this.#data.wasPrimary(node) ? 'primary' : 'standby')
      this.#writePrimary()
      return
    }
    const {fencing} = this.#settings
    if (!fencing && !this.#tidies && this.#data.wasPrimary(node)) return
    const sound = this.#trusted.has(node) || (await this.#rebuild(node))
    this.#data.begin(node, sound ? 'standby' : 'waiting')
    this.#data.write({node, follows: sound ? this.#source(node) : undefined, waitsFor: undefined, closed: true})
    if (sound) this.#waiting.delete(node)
    else this.#waiting.add(node)
  }

  async #rebuild(node: NodeId): Promise<boolean> {
    const epoch = this.#epoch
    const problem = await this.#data.rebuild(node, this.#source(node))
    this.#note(`${node} made anew from ${this.#primary}: ${problem ?? 'done'}`)
    if (problem !== undefined || epoch !== this.#epoch) return false
    this.#trusted.add(node)
    return true
  }

  async #tick(): Promise<void> {
    const {nodes} = this.#cluster
    const reports = new Map<NodeId, Report | undefined>()
    const states = new Map<NodeId, string>()
    await Promise.all([
      ...nodes.map(async (node) => {
        states.set(node, await this.#cluster.process.state(node))
        reports.set(node, states.get(node) === 'running' ? await this.#servers.report(node, ANSWER_MS) : undefined)
      }),
      ...nodes.filter((node) => node !== this.#primary).map((node) => this.#hear(node)),
    ])
    this.#learn(reports)
    const waiting = [...this.#waiting].filter((node) => states.get(node) === 'running')
    const decisions = decide({
      nodes,
      primary: this.#primary,
      heir: this.#heir,
      waitsForStandby: this.#settings.waitsForStandby,
      reports,
      unheardMs: (node) => this.#nowMs - (this.#heardMs.get(node) ?? 0),
      strayMs: (node) => this.#nowMs - (this.#followedMs.get(node) ?? 0),
      trusted: this.#trusted,
      outside: new Set([...this.#fenced, ...waiting]),
      rebuilding: new Set(this.#rebuilding.keys()),
      tidies: this.#tidies || this.#settings.fencing,
    })
    for (const decision of decisions) await this.#act(decision)
  }

  /** Whether the primary is heard on this node's own link to it. */
  async #hear(node: NodeId): Promise<void> {
    const {reachable} = await probeService(this.#source(node), {send: SSL_REQUEST}, HEAR_MS)
    if (reachable) this.#heardMs.set(node, this.#nowMs)
  }

  #learn(reports: ReadonlyMap<NodeId, Report | undefined>): void {
    const primary = reports.get(this.#primary)
    const timeline = primary?.timeline
    for (const [node, report] of reports) {
      // From one that is not up nobody can receive.
      if (primary === undefined || primary.standby) this.#followedMs.set(node, this.#nowMs)
      if (node === this.#primary || !report?.streaming || report.source !== this.#source(node).port) continue
      this.#followedMs.set(node, this.#nowMs)
      if (report.timeline === timeline) this.#trusted.add(node)
    }
  }

  async #act(decision: Decision): Promise<void> {
    this.#note(JSON.stringify(decision))
    switch (decision.kind) {
      case 'fail-over':
        return this.#failOver(decision.to)
      case 'promote':
        await this.#servers.ask(this.#primary, 'SELECT pg_promote(true, 4)', ACT_MS)
        return
      case 'name-heir':
        return this.#nameHeir(decision.heir)
      case 'open':
        this.#closed = false
        return this.#tellPrimary()
      case 'rebuild':
        this.#rebuilding.set(
          decision.node,
          this.#replace(decision.node)
            // Where it was in vain, not again at once.
            .then(() => sleep(this.#cluster.context.clock, AGAIN_MS, this.#stopping.signal).catch(() => {}))
            .finally(() => this.#rebuilding.delete(decision.node)),
        )
    }
  }

  async #failOver(to: NodeId): Promise<void> {
    const old = this.#primary
    this.#epoch++
    this.#primary = to
    this.#heir = undefined
    this.#closed = true
    this.#trusted.clear()
    this.#trusted.add(to)
    this.#forgive()
    const others = this.#cluster.nodes.filter((node) => node !== to && node !== old)
    this.#waitsFor = this.#settings.waitsForStandby ? (others[0] ?? old) : undefined
    if (this.#settings.fencing) await this.#fence(old)
    await this.#tellPrimary()
    await this.#servers.ask(to, 'SELECT pg_promote(true, 4)', ACT_MS)
    await Promise.allSettled(others.map((node) => this.#tellStandby(node)))
  }

  /** Resolves once it is certain that this node serves nobody. */
  async #fence(node: NodeId): Promise<void> {
    const {process} = this.#cluster
    if ((await process.state(node)) !== 'dead') this.#fenced.add(node)
    await process.kill(node)
    // It may be on its way to being started by somebody else, as what it was.
    while (this.#cluster.isStarting(node)) {
      await process.kill(node)
      await sleep(this.#cluster.context.clock, 10)
    }
  }

  async #nameHeir(heir: NodeId): Promise<void> {
    const epoch = this.#epoch
    this.#heir = undefined
    this.#waitsFor = heir
    await this.#tellPrimary()
    const {clock} = this.#cluster.context
    // Until every process of the primary has read its files again, commits may be released by whoever was named before.
    await sleep(clock, RELOAD_MS)
    const goal = (await this.#servers.report(this.#primary, ANSWER_MS))?.kept ?? Number.POSITIVE_INFINITY
    const until = this.#nowMs + CATCH_UP_MS
    while (this.#nowMs < until && epoch === this.#epoch) {
      const followers = (await this.#servers.report(this.#primary, ANSWER_MS))?.followers ?? []
      if (followers.some(({name, streaming, kept}) => name === heir && streaming && kept >= goal)) {
        this.#heir = heir
        return
      }
      await sleep(clock, 50)
    }
  }

  /** Ends a node that cannot follow, and starts it again: `prepare` makes it anew. */
  async #replace(node: NodeId): Promise<void> {
    const {process} = this.#cluster
    this.#trusted.delete(node)
    this.#fenced.add(node)
    try {
      await process.kill(node)
      await process.restart(node)
    } catch (error) {
      this.#note(`${node}: ${messageOf(error)}`)
    }
    if ((await process.state(node)) !== 'dead') this.#fenced.delete(node)
    this.#followedMs.set(node, this.#nowMs)
  }

  async #tellPrimary(): Promise<void> {
    this.#writePrimary()
    await this.#servers.ask(this.#primary, 'SELECT pg_reload_conf()', ACT_MS)
  }

  #writePrimary(): void {
    this.#data.write({node: this.#primary, follows: undefined, waitsFor: this.#waitsFor, closed: this.#closed})
  }

  async #tellStandby(node: NodeId): Promise<void> {
    this.#data.write({node, follows: this.#source(node), waitsFor: undefined, closed: true})
    await this.#servers.ask(node, 'SELECT pg_reload_conf()', ANSWER_MS)
  }

  /** Everybody has just been heard, and follows: it is not known otherwise yet. */
  #forgive(): void {
    for (const node of this.#cluster.nodes) {
      this.#heardMs.set(node, this.#nowMs)
      this.#followedMs.set(node, this.#nowMs)
    }
  }

  /** Where this node reaches the primary. */
  #source(node: NodeId) {
    return this.#cluster.links.address(node, this.#primary, 'server')
  }

  get #nowMs(): number {
    return this.#cluster.context.clock.nowNs() / 1e6
  }

  #note(text: string): void {
    const line = `${calendarDate().toISOString()} ${text}\n`
    appendFileSync(join(this.#cluster.context.logDirectory, 'failover.log'), line)
  }
}
