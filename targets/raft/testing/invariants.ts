/**
 * The five properties that Raft guarantees at all times (figure 3 of the paper), watched from inside while a cluster runs:
 * after every event that a server handles, what has changed is compared with all that was ever seen.
 */
import type {Node} from '../../../core/node.ts'
import type {Protocol} from '../../../core/target.ts'
import {RaftNode} from '../node.ts'
import type {Server} from '../server.ts'

/** An index that some leader has committed: the entry's term, and the term of the leader that committed it. */
interface Committed {
  readonly entryTerm: number
  readonly leaderTerm: number
}

/** What one server was like when it was last looked at. */
interface Glimpse {
  leadTerm: number
  lastIndex: number
  lastTerm: number
  commitIndex: number
  lastApplied: number
}

export class Invariants {
  /** Broken properties, in words. */
  readonly broken: string[] = []
  readonly #leaders = new Map<number, string>()
  readonly #entries = new Map<string, string>()
  readonly #committed = new Map<number, Committed>()
  readonly #digests = new Map<number, number>()

  /** Terms in which somebody led, and commands that were compared. */
  get seen(): {terms: number; applied: number} {
    return {terms: this.#leaders.size, applied: this.#digests.size}
  }

  /** The protocol, with every server under observation. */
  watch(protocol: Protocol): Protocol {
    return {
      ...protocol,
      createNode: (env, options) => this.#observed(new RaftNode(env, options)),
    }
  }

  #observed(node: RaftNode): Node {
    const {server} = node
    const glimpse: Glimpse = {leadTerm: 0, lastIndex: 0, lastTerm: 0, commitIndex: 0, lastApplied: 0}
    const look = () => this.#look(server, glimpse)
    return {
      start: () => {
        node.start()
        look()
      },
      message: (from, message) => {
        node.message(from, message)
        look()
      },
      timer: (name) => {
        node.timer(name)
        look()
      },
      request: (request, message) => {
        node.request(request, message)
        look()
      },
    }
  }

  #look(server: Server, glimpse: Glimpse): void {
    const {log, term, commitIndex, lastApplied} = server
    if (server.leading !== undefined) {
      if (glimpse.leadTerm !== term) this.#elected(server)
      else if (log.lastIndex < glimpse.lastIndex) this.#break(server, 'leader append-only: it removed entries')
      if (commitIndex > glimpse.commitIndex) this.#commits(server, glimpse.commitIndex)
    }
    if (log.lastIndex !== glimpse.lastIndex || log.lastTerm !== glimpse.lastTerm) this.#matches(server)
    if (lastApplied !== glimpse.lastApplied) this.#applied(server)
    glimpse.leadTerm = server.leading === undefined ? 0 : term
    glimpse.lastIndex = log.lastIndex
    glimpse.lastTerm = log.lastTerm
    glimpse.commitIndex = commitIndex
    glimpse.lastApplied = lastApplied
  }

  /** Election safety, and leader completeness at the moment when it must hold. */
  #elected(server: Server): void {
    const {term, env, log} = server
    const other = this.#leaders.get(term) ?? env.id
    if (other !== env.id) this.#break(server, `election safety: ${other} leads term ${term} too`)
    this.#leaders.set(term, env.id)
    for (const [index, {entryTerm, leaderTerm}] of this.#committed) {
      if (leaderTerm >= term || index < log.baseIndex || log.termAt(index) === entryTerm) continue
      this.#break(server, `leader completeness: ${index}/t${entryTerm}, committed in t${leaderTerm}, is missing`)
    }
  }

  #commits({log, term, commitIndex}: Server, before: number): void {
    for (let index = Math.max(before, log.baseIndex) + 1; index <= commitIndex; index++) {
      if (!this.#committed.has(index)) {
        this.#committed.set(index, {entryTerm: log.termAt(index) as number, leaderTerm: term})
      }
    }
  }

  /** Log matching: same index, same term, hence the same entry, after the same entry; and so on backwards. */
  #matches(server: Server): void {
    const {log} = server
    for (let index = log.lastIndex; index > log.baseIndex; index--) {
      const {term, command} = log.entryAt(index)
      const name = `${index}/t${term}`
      const content = `after t${log.termAt(index - 1)}: ${JSON.stringify(command)}`
      const known = this.#entries.get(name)
      this.#entries.set(name, known ?? content)
      if (known !== undefined && known !== content) this.#break(server, `log matching: ${name} is two entries`)
      if (known !== undefined) return
    }
  }

  /** State machine safety: after the same number of entries every server has applied the same ones. */
  #applied(server: Server): void {
    const {lastApplied, digest} = server
    const known = this.#digests.get(lastApplied) ?? digest
    if (known !== digest) this.#break(server, `state machine safety: it applied something else up to ${lastApplied}`)
    this.#digests.set(lastApplied, known)
  }

  #break({env}: Server, property: string): void {
    this.broken.push(`${env.id}: ${property}`)
  }
}
