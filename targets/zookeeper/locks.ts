/**
 * Locks by ZooKeeper's recipe ("ZooKeeper Recipes and Solutions: Locks"): every contender makes an ephemeral node whose name
 * the server numbers, and the lowest number holds the lock. Each acquisition is a session of its own that nobody keeps alive,
 * as that of a client which hangs: once it has expired the node is gone, and the next may enter while the first still
 * believes that it is alone. Its number is a fencing token, and the resource asks whether the node is still there
 * (Kleppmann, "How to do distributed locking", 2016, has the same of the transaction's number).
 */
import {type Client, NotDone, type Request} from '../../core/client.ts'
import {messageOf} from '../../core/error.ts'
import {ANY, type Connection, createRequest, KIND, orElse, unless, yes} from './connection.ts'
import {CODES} from './errors.ts'
import type {Session} from './session.ts'
import type {Settings} from './settings.ts'
import {checkAndSet, firstErrorOf, OP} from './wire.ts'

/** A lock that was given to this client. */
interface Held {
  readonly session: Session
  /** The node that stands for it. */
  readonly path: string
  readonly token: number
}

export interface Locks {
  readonly operations: Client['operations']
  close(): void
}

export function locks(connection: Connection, {fencing}: Settings): Locks {
  const all = new Map<Request['key'], Held>()
  const folder = (key: Request['key']) => `/lock-${key}`
  const resource = (key: Request['key']) => `/resource-${key}`
  const heldFor = (key: Request['key']): Held => {
    const held = all.get(key)
    if (held === undefined) throw new NotDone('not held')
    return held
  }
  const forget = (key: Request['key']): void => {
    all.get(key)?.session.close()
    all.delete(key)
  }

  /** Takes a place in the queue; whoever is first holds the lock. Throws NotDone where somebody else is first. */
  async function enter(key: Request['key'], session: Session): Promise<Held> {
    const create = createRequest(`${folder(key)}/n-`, null, KIND.ephemeralInSequence)
    const path = (await session.call(OP.create, create)).text()
    const children = await session.call(OP.getChildren, (writer) => writer.text(folder(key)).bool(false))
    const held = {session, path, token: numberOf(path)}
    if (children.texts().some((name) => numberOf(name) < held.token)) {
      // A session's end takes its nodes along, sooner or later: whatever comes of this, it never holds the lock knowingly.
      await session.call(OP.delete, (writer) => writer.text(path).int(ANY)).catch(() => {})
      throw new NotDone('held')
    }
    return held
  }

  return {
    operations: {
      async acquire({key, value}) {
        forget(key)
        for (const path of [folder(key), resource(key)])
          await connection.create(path, null).then(yes, unless(CODES.nodeExists))
        const session = await connection.shortSession(Number(value)).catch((error: unknown) => {
          throw new NotDone(messageOf(error))
        })
        try {
          const held = await enter(key, session)
          all.set(key, held)
          return held.token
        } catch (error) {
          session.close()
          throw error
        }
      },
      async use({key}) {
        const {path, token} = heldFor(key)
        if (fencing) {
          const reply = await connection.call(OP.multi, checkAndSet(path, resource(key), JSON.stringify(token)))
          if (firstErrorOf(reply) !== 0) throw new NotDone('stale token')
        } else {
          await connection.set(resource(key), token, ANY)
        }
        return token
      },
      async release({key}) {
        const {path, token} = heldFor(key)
        const gone = connection.call(OP.delete, (writer) => writer.text(path).int(ANY))
        const released = await gone.then(yes, orElse(CODES.noNode, false)).finally(() => forget(key))
        if (!released) throw new NotDone('not held')
        return token
      },
    },
    close() {
      for (const key of [...all.keys()]) forget(key)
    },
  }
}

/** The number that the server gave to a node: the last ten digits of its name. */
export const numberOf = (name: string): number => Number(name.slice(-10))
