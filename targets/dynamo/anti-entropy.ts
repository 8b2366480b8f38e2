/**
 * How nodes come to have the same: each compares Merkle trees of the keys that it shares with a peer, with every peer in
 * turn, and hands over what it only keeps for others.
 *
 *       A                             B
 *       │── tree: 16 branches ───────►│   all alike: "same"
 *       │◄─ leaves of those that differ
 *       │── keys of leaves that differ, with digests ─►│
 *       │◄─ put what is newer here, want what is newer there
 *
 * Handing over (hinted handoff, and the moving of keys when the ring changes) is one thing: a node that has an object of which
 * it is no owner offers it to all owners, and drops it once all of them have confirmed that very version under the very table of
 * members that it has itself. So the last copy is never dropped, however tables differ: of those who dropped a version, take
 * one whose table no other's exceeds. An owner by that table confirmed it under that table, and could drop it only under a later one.
 */
import type {NodeId} from '../../core/node.ts'
import {digestOf} from './causal-object.ts'
import {type KeyDigests, MerkleTree} from './merkle.ts'
import type {HandedOver, Handoff, Keys, Leaves, Same, Tree, Want} from './messages.ts'
import type {Reconfiguration} from './reconfiguration.ts'
import type {Server} from './server.ts'

type Exchanged = Tree | Same | Leaves | Keys | Want | Handoff | HandedOver

export class AntiEntropy {
  readonly #server: Server
  readonly #reconfiguration: Reconfiguration
  /** At which version of the store each peer was found to have the same. */
  readonly #same = new Map<NodeId, number>()
  /** Peers that have been sent a tree and have not answered since. */
  readonly #awaited = new Set<NodeId>()
  /** Those of them that take too long: nobody here knows how they are now, and requests may not reach them either. */
  readonly #silent = new Set<NodeId>()
  /** Owners that have confirmed a version of what is kept here for them. */
  readonly #confirmed = new Map<string, {readonly digest: number; readonly by: Set<NodeId>}>()

  constructor(server: Server, reconfiguration: Reconfiguration) {
    this.#server = server
    this.#reconfiguration = reconfiguration
  }

  /**
   * Whether nothing is kept for others, and everybody answers and is known to have what is here. Where an owner does not answer,
   * somebody who has never heard of its keys stands in for it: readers find nothing, though everything is where it belongs.
   */
  get settled(): boolean {
    const {store} = this.#server
    if (this.#silent.size > 0 || this.#foreign().length > 0) return false
    return this.#peers().every((peer) => this.#same.get(peer) === store.version)
  }

  message(from: NodeId, message: Exchanged): void {
    if (message.type === 'tree') this.#tree(from, message)
    else if (message.type === 'same') this.#sameAs(from, message)
    else if (message.type === 'leaves') this.#leaves(from, message)
    else if (message.type === 'keys') this.#keys(from, message)
    else if (message.type === 'want') this.#want(from, message)
    else if (message.type === 'handoff') this.#handoff(from, message)
    else this.#handedOver(from, message)
  }

  round(): void {
    const {membership, store} = this.#server
    for (const peer of this.#peers()) {
      this.#await(peer)
      const branches = this.#treeWith(peer).branches()
      this.#server.send(peer, {type: 'tree', branches, version: store.version, members: membership.members})
    }
    this.#handOver()
    this.#reconfiguration.leaveIfPossible()
  }

  ringChanged(): void {
    this.#same.clear()
    this.#confirmed.clear()
    // Bug `ring-rebuild`: what has another place now is cleaned away, and nobody has moved it.
    if (this.#server.has('ring-rebuild')) for (const key of this.#foreign()) this.#server.store.drop(key)
  }

  /** This peer has not answered for too long. */
  unanswered(peer: NodeId): void {
    this.#silent.add(peer)
  }

  #await(peer: NodeId): void {
    if (this.#awaited.has(peer)) return
    this.#awaited.add(peer)
    const {env, settings} = this.#server
    env.setTimer(`answer ${peer}`, Math.max(settings.syncMs, settings.hedgeMs))
  }

  /** Only an answer says that messages arrive there. */
  #answered(peer: NodeId): void {
    if (!this.#awaited.delete(peer)) return
    this.#silent.delete(peer)
    this.#server.env.cancelTimer(`answer ${peer}`)
  }

  #tree(from: NodeId, {branches, version, members}: Tree): void {
    this.#reconfiguration.learn(from, members)
    const tree = this.#treeWith(from)
    const mine = tree.branches()
    const differing = mine.flatMap((hash, branch) => (hash === branches[branch] ? [] : [branch]))
    if (differing.length > 0) {
      this.#same.delete(from)
      this.#server.send(from, {type: 'leaves', of: differing.map((branch) => [branch, tree.leavesOf(branch)])})
      return
    }
    this.#same.set(from, this.#server.store.version)
    this.#server.send(from, {type: 'same', version, members: this.#server.membership.members})
  }

  #sameAs(from: NodeId, {version, members}: Same): void {
    this.#answered(from)
    if (!this.#reconfiguration.learn(from, members)) this.#same.set(from, version)
  }

  #leaves(from: NodeId, {of}: Leaves): void {
    this.#answered(from)
    const tree = this.#treeWith(from)
    const differing = of.flatMap(([branch, leaves]) =>
      tree.leavesOf(branch).flatMap((hash, leaf) => (hash === leaves[leaf] ? [] : [[branch, leaf] as const])),
    )
    if (differing.length === 0) return
    this.#server.send(from, {
      type: 'keys',
      of: differing.map(([branch, leaf]) => [branch, leaf, tree.keysOf(branch, leaf)]),
    })
  }

  #keys(from: NodeId, {of}: Keys): void {
    const tree = this.#treeWith(from)
    const wanted: string[] = []
    for (const [branch, leaf, theirs] of of) {
      const mine = new Map<string, number>(tree.keysOf(branch, leaf))
      for (const key of differing(mine, theirs)) {
        if (mine.has(key)) this.#server.send(from, {type: 'put', id: null, key, object: this.#server.store.get(key)})
        if (theirs.some(([name]) => name === key)) wanted.push(key)
      }
    }
    if (wanted.length > 0) this.#server.send(from, {type: 'want', keys: wanted})
  }

  #want(from: NodeId, {keys}: Want): void {
    const {store} = this.#server
    for (const key of keys) this.#server.send(from, {type: 'put', id: null, key, object: store.get(key)})
  }

  // Handing over.

  #handoff(from: NodeId, {key, object, members: told}: Handoff): void {
    this.#reconfiguration.learn(from, told)
    const {members} = this.#server.membership
    if (this.#server.hasLeft) {
      this.#server.send(from, {type: 'moved', members})
      return
    }
    this.#server.keep(key, object)
    this.#server.send(from, {type: 'handed-over', key, digest: digestOf(object), members})
  }

  #handedOver(from: NodeId, {key, digest, members}: HandedOver): void {
    this.#reconfiguration.learn(from, members)
    const {store, env, membership} = this.#server
    const owners = this.#server.owners(key)
    if (owners.includes(env.id) || store.digest(key) !== digest || !membership.equals(members)) return
    const known = this.#confirmed.get(key)
    const confirmed = known?.digest === digest ? known : {digest, by: new Set<NodeId>()}
    this.#confirmed.set(key, confirmed)
    confirmed.by.add(from)
    if (!owners.every((owner) => confirmed.by.has(owner))) return
    this.#confirmed.delete(key)
    store.drop(key)
    env.event({type: 'handed-off', key, to: [...owners]})
    this.#reconfiguration.leaveIfPossible()
  }

  #handOver(): void {
    const {store, membership} = this.#server
    const {members} = membership
    for (const key of this.#foreign()) {
      const confirmed = this.#confirmed.get(key)
      for (const owner of this.#server.owners(key)) {
        if (confirmed?.digest === store.digest(key) && confirmed.by.has(owner)) continue
        this.#server.send(owner, {type: 'handoff', key, object: store.get(key), members})
      }
    }
  }

  /** Keys here that belong elsewhere. */
  #foreign(): string[] {
    const {store, env} = this.#server
    return [...store.keys].filter((key) => !this.#server.owns(env.id, key))
  }

  #treeWith(peer: NodeId): MerkleTree {
    const {store, env} = this.#server
    const shared = [...store.keys].filter((key) => this.#server.owns(env.id, key) && this.#server.owns(peer, key))
    return new MerkleTree(shared, (key) => store.digest(key))
  }

  #peers(): NodeId[] {
    const {env} = this.#server
    return env.nodes.filter((node) => node !== env.id)
  }
}

/** Keys whose objects are not the same on both sides. */
function differing(mine: ReadonlyMap<string, number>, theirs: KeyDigests): string[] {
  const other = new Map<string, number>(theirs)
  return [...new Set([...mine.keys(), ...other.keys()])].filter((key) => mine.get(key) !== other.get(key))
}
