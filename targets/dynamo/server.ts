/** The state of a Dynamo node, and what several of its parts do: who owns a key, and taking an object in. */
import type {Env, Message, NodeId} from '../../core/node.ts'
import type {TargetOptions} from '../../core/target.ts'
import {settingsFrom} from '../state-machine/settings.ts'
import {Actors} from './actors.ts'
import type {BugName} from './bugs.ts'
import {type CausalObject, merge, mergeByClock} from './causal-object.ts'
import {Membership} from './membership.ts'
import type {DynamoMessage} from './messages.ts'
import {Ring} from './ring.ts'
import {isStrict, SETTINGS, type Settings} from './settings.ts'
import {ObjectStore} from './store.ts'
import {mergeByTombstones} from './tombstones.ts'

export class Server {
  readonly env: Env
  readonly settings: Settings
  readonly store: ObjectStore
  readonly actors: Actors
  readonly membership: Membership
  /** Whether the quorums of a request may be met by nodes that stand in for owners. */
  readonly sloppy: boolean
  /** How often this node has booted. */
  readonly boots: number
  ring: Ring
  /** Told when the ring has changed. */
  onRing: () => void = () => {}
  readonly #bugs: readonly string[]

  constructor(env: Env, {bugs, args}: TargetOptions) {
    this.env = env
    this.#bugs = bugs
    const given = settingsFrom(SETTINGS, args)
    // Bug `r-plus-w`: one answer and one copy are taken for a quorum.
    this.settings = this.has('r-plus-w') ? {...given, r: 1, w: 1} : given
    // A regular register needs read and write quorums that overlap: no stand-ins.
    this.sloppy = this.settings.sloppy !== 0 && !isStrict({args})
    this.store = new ObjectStore(env.disk)
    this.actors = new Actors(env.disk, env.id)
    env.disk.append('boots', '')
    env.disk.sync('boots')
    this.boots = env.disk.read('boots').length
    const {joinMs} = this.settings
    const first = joinMs === 0 ? env.nodes : env.nodes.slice(0, -1)
    this.membership = new Membership(env.disk, first)
    this.ring = this.#makeRing()
  }

  /** Whether a named bug is switched on; see `bugs.ts`. */
  has(bug: BugName): boolean {
    return this.#bugs.includes(bug)
  }

  owners(key: string): readonly NodeId[] {
    return this.ring.walk(key).slice(0, this.settings.n)
  }

  /** Whether this node was a member, and is one no more. */
  get hasLeft(): boolean {
    return this.membership.standing(this.env.id) === 'out'
  }

  owns(node: NodeId, key: string): boolean {
    return this.owners(key).includes(node)
  }

  /** Both versions as one. */
  merge(left: CausalObject, right: CausalObject): CausalObject {
    if (this.has('lost-sibling')) return mergeByClock(left, right)
    if (this.has('tombstone-expiry')) return mergeByTombstones(left, right, this.env.now())
    return merge(left, right)
  }

  /** Merges an object into what is here. Durable when it returns. */
  keep(key: string, object: CausalObject): void {
    // Bug `drop-hints`: what is for somebody else is not kept.
    const owned = this.owns(this.env.id, key)
    if (this.has('drop-hints') && !owned) return
    if (!owned && !this.store.has(key)) this.env.event({type: 'hint', key, owners: [...this.owners(key)]})
    this.store.put(key, this.merge(this.store.get(key), object))
  }

  ringChanged(): void {
    const before = this.ring.members
    this.ring = this.#makeRing()
    const {members} = this.ring
    if (members.join() !== before.join()) this.env.event({type: 'ring', members: [...members]})
    this.onRing()
  }

  send(to: NodeId, message: DynamoMessage): void {
    this.env.send(to, message as Message)
  }

  #makeRing(): Ring {
    return new Ring(this.membership.nodes, this.settings.virtualNodes, {modulo: this.has('ring-rebuild')})
  }
}
