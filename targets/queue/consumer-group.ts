/**
 * The consumer group: who is in it, which key is whose, and how far each key has been dealt with. Everything that happens to
 * it is a record of its partition, heartbeats included, so whoever leads that partition coordinates the group, and an answer
 * is as recent as the log (Kafka's group coordinator and `__consumer_offsets`).
 *
 * Rebalancing is cooperative (KIP-429): a key stays with its member while both are there; keys without a member go to those
 * that want them and have the fewest.
 */
import type {Json} from '../../core/node.ts'
import type {LogRecord} from './messages.ts'

export type GroupCommand =
  | {readonly kind: 'join'; readonly keys: readonly string[]}
  | {readonly kind: 'beat'}
  | {readonly kind: 'leave'}
  /** The next offset to read of each key. */
  | {readonly kind: 'commit'; readonly offsets: {readonly [key: string]: number}}
  /** The same from somebody who is in no group: a consumer that chooses its keys itself. */
  | {readonly kind: 'store'; readonly offsets: {readonly [key: string]: number}}
  | {readonly kind: 'committed'; readonly keys: readonly string[]}

interface Member {
  readonly keys: readonly string[]
  heardMs: number
}

export class ConsumerGroup {
  readonly #memberMs: number
  readonly #members = new Map<string, Member>()
  readonly #owners = new Map<string, string>()
  readonly #committed = new Map<string, number>()
  #nowMs = 0

  constructor(memberMs: number) {
    this.#memberMs = memberMs
  }

  /** Answers a member with its keys and where the group is in each; null where it is no member (any more). */
  apply({value, producer: member, atMs}: LogRecord): Json {
    this.#nowMs = Math.max(this.#nowMs, atMs)
    const command = value as unknown as GroupCommand
    const known = this.#members.get(member)
    if (known !== undefined) known.heardMs = this.#nowMs
    if (command.kind === 'join') this.#members.set(member, {keys: command.keys, heardMs: this.#nowMs})
    else if (command.kind === 'leave') this.#members.delete(member)
    for (const [name, {heardMs}] of this.#members) {
      if (this.#nowMs - heardMs > this.#memberMs) this.#members.delete(name)
    }
    this.#assign()
    if (command.kind === 'commit') return this.#commit(member, command.offsets)
    if (command.kind === 'store') return this.#commit(undefined, command.offsets)
    if (command.kind === 'committed') return this.#committedOf(command.keys)
    return this.#members.has(member) ? this.#assignmentOf(member) : null
  }

  /** Takes over what a member says of keys that are its own, or who is none of keys that are nobody's; answers with that. */
  #commit(member: string | undefined, offsets: Readonly<Record<string, number>>): Json {
    const own = Object.entries(offsets).filter(([key]) => this.#owners.get(key) === member)
    for (const [key, offset] of own) this.#committed.set(key, Math.max(offset, this.#committed.get(key) ?? 0))
    return Object.fromEntries(own)
  }

  #assign(): void {
    for (const [key, owner] of this.#owners) {
      if (!this.#members.get(owner)?.keys.includes(key)) this.#owners.delete(key)
    }
    const wanted = new Set([...this.#members.values()].flatMap(({keys}) => keys))
    const load = new Map([...this.#members.keys()].map((member) => [member, 0]))
    for (const owner of this.#owners.values()) load.set(owner, (load.get(owner) ?? 0) + 1)
    for (const key of [...wanted].sort()) {
      if (this.#owners.has(key)) continue
      const candidates = [...this.#members].filter(([, {keys}]) => keys.includes(key)).map(([member]) => member)
      const [next] = candidates.sort(
        (left, right) => (load.get(left) as number) - (load.get(right) as number) || (left < right ? -1 : 1),
      )
      if (next === undefined) continue
      this.#owners.set(key, next)
      load.set(next, (load.get(next) as number) + 1)
    }
  }

  #assignmentOf(member: string): Json {
    const own = [...this.#owners].filter(([, owner]) => owner === member).map(([key]) => key)
    return Object.fromEntries(own.map((key) => [key, this.#committed.get(key) ?? 0]))
  }

  /** How far the group is in those of these keys that somebody has committed. */
  #committedOf(keys: readonly string[]): Json {
    return Object.fromEntries([...this.#committed].filter(([key]) => keys.includes(key)))
  }
}
