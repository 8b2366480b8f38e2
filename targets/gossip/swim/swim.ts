/**
 * SWIM (Das, Gupta, Motivala, DSN 2002) in one node. One idea a file:
 *
 * - `detector.ts`       who does not answer: ping, ping-req, ack (section 3.1)
 * - `members.ts`        who is alive, suspected, dead, and which news overrides which (4.2)
 * - `dissemination.ts`  how all come to know: news rides on the detector's messages (4.1)
 *
 * and here how they act together: a failed probe makes a suspect; a suspect that does not take it back in time is dead; who
 * hears that it is suspected, or dead, goes on to its next incarnation and says that it lives.
 *
 * The incarnation is on disk before anybody hears of it: a node that restarts must override what was said of it before.
 */
import type {Env, Json, Message, NodeId} from '../../../core/node.ts'
import {Detector, type Probe} from './detector.ts'
import {Dissemination} from './dissemination.ts'
import {Members, type News} from './members.ts'
import type {Settings} from './settings.ts'

const FILE = 'incarnation'
const SUSPICION = 'swim-suspicion '
const TYPES = new Set(['ping', 'ping-req', 'ack'])

export class Swim {
  readonly #env: Env
  readonly #bugs: readonly string[]
  readonly #settings: Settings
  readonly #members: Members
  readonly #dissemination: Dissemination
  readonly #detector: Detector

  constructor(env: Env, settings: Settings, bugs: readonly string[]) {
    this.#env = env
    this.#bugs = bugs
    this.#settings = settings
    this.#members = new Members(env.nodes)
    this.#dissemination = new Dissemination(env.nodes.length)
    this.#detector = new Detector({
      peers: env.nodes.filter((node) => node !== env.id),
      random: env.random,
      settings,
      bugs,
      send: (to, probe) => this.#send(to, probe),
      setTimer: (name, delayMs) => env.setTimer(name, delayMs),
      failed: (peer) => this.#failed(peer),
    })
  }

  start(): void {
    const [before] = this.#env.disk.read<number>(FILE)
    this.#live(before === undefined ? 0 : before + 1)
    this.#detector.start()
  }

  /** Whether the message was one of SWIM's. */
  message(from: NodeId, message: Message): boolean {
    if (!TYPES.has(message.type)) return false
    for (const news of message['news'] as unknown as readonly News[]) this.#hear(news)
    this.#detector.hear(from, message as unknown as Probe)
    return true
  }

  /** Whether the timer was one of SWIM's. */
  timer(name: string): boolean {
    if (!name.startsWith(SUSPICION)) return this.#detector.timer(name)
    const {member, state, incarnation} = this.#members.of(name.slice(SUSPICION.length))
    if (state === 'suspect') this.#hear({member, state: 'dead', incarnation})
    return true
  }

  /** Who is not taken for dead, this node included. */
  get living(): readonly NodeId[] {
    return this.#members.living
  }

  #send(to: NodeId, probe: Probe): void {
    const news = this.#dissemination.take()
    // Who is suspected is to be the first to hear of it.
    const about = this.#members.of(to)
    if (about.state !== 'alive' && !news.some(({member}) => member === to)) news.push(about)
    this.#env.send(to, {...probe, news: news as unknown as Json})
  }

  #failed(peer: NodeId): void {
    const {member, state, incarnation} = this.#members.of(peer)
    if (state !== 'alive') return
    // Bug `no-suspicion`: one failed probe is a death.
    this.#hear({member, state: this.#bugs.includes('no-suspicion') ? 'dead' : 'suspect', incarnation})
  }

  #hear(news: News): void {
    const {id} = this.#env
    if (news.member === id) this.#refute(news)
    else if (this.#members.hear(news)) this.#spread(news)
  }

  /** What is said of this node is not so: in its next incarnation, unless somebody has merely missed the present one. */
  #refute({state, incarnation}: News): void {
    // Bug `no-refute`: what others say of it is none of its business.
    if (state === 'alive' || this.#bugs.includes('no-refute')) return
    const own = this.#members.of(this.#env.id)
    if (incarnation >= own.incarnation) this.#live(incarnation + 1)
    else this.#dissemination.add(own)
  }

  /** This node lives, at this incarnation. */
  #live(incarnation: number): void {
    const {disk, id} = this.#env
    disk.replace(FILE, [incarnation])
    disk.sync(FILE)
    const news: News = {member: id, state: 'alive', incarnation}
    this.#members.hear(news)
    this.#spread(news)
  }

  #spread(news: News): void {
    const {member, state, incarnation} = news
    this.#dissemination.add(news)
    const timer = `${SUSPICION}${member}`
    if (state === 'suspect') this.#env.setTimer(timer, this.#settings.suspectMs)
    else this.#env.cancelTimer(timer)
    this.#env.event({type: 'member', member, state, incarnation})
    if (state !== 'suspect') this.#env.log(`${member} is ${state} (incarnation ${incarnation})`)
  }
}
