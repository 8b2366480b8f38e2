/**
 * Clients that live beside their node: they reach other nodes only as that node does. Gilbert and Lynch ask whether every
 * request that a node *receives* is answered; a client that walks around the partition would show what the other side can do.
 *
 * Works for targets whose client sessions are our own code. Clients of real systems go where their library takes them.
 */
import type {Nemesis} from '../../core/nemesis.ts'
import type {Link} from '../../core/network.ts'
import type {NodeId, Session, SessionEnv} from '../../core/node.ts'
import type {Protocol, Target} from '../../core/target.ts'

/** Links that are cut at present. */
export class Cuts {
  #cut: ReadonlySet<string> = new Set()

  set links(links: readonly Link[]) {
    this.#cut = new Set(links.map(({from, to}) => `${from}→${to}`))
  }

  has(from: NodeId, to: NodeId): boolean {
    return this.#cut.has(`${from}→${to}`)
  }
}

/** The same nemesis, which says in `cuts` what it has cut. */
export function noting(nemesis: Nemesis, cuts: Cuts): Nemesis {
  return {
    ...nemesis,
    async start(spec, context) {
      const injection = await nemesis.start(spec, context)
      if (spec.fault === 'partition') cuts.links = injection.links ?? []
      return {
        ...injection,
        stop() {
          cuts.links = []
          return injection.stop()
        },
      }
    },
  }
}

/** The same target, whose clients cannot cross what is cut. */
export function withClientsBeside<T extends Pick<Target, 'protocol'>>(target: T, cuts: Cuts): T {
  const {protocol} = target
  if (protocol === undefined) return target
  const createSession: Protocol['createSession'] = (env, options) => {
    const {home} = env
    const send: SessionEnv['send'] = (to, message) => {
      if (!cuts.has(home, to)) env.send(to, message)
    }
    return new BesideSession(protocol.createSession({...env, send}, options), (from) => !cuts.has(from, home))
  }
  return {...target, protocol: {...protocol, createSession}}
}

class BesideSession implements Session {
  readonly #session: Session
  readonly #hears: (from: NodeId) => boolean

  constructor(session: Session, hears: (from: NodeId) => boolean) {
    this.#session = session
    this.#hears = hears
  }

  invoke(call: Parameters<Session['invoke']>[0]): void {
    this.#session.invoke(call)
  }

  message(from: NodeId, message: Parameters<Session['message']>[1]): void {
    if (this.#hears(from)) this.#session.message(from, message)
  }

  timer(name: string): void {
    this.#session.timer(name)
  }
}
