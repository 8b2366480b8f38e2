/** The bundled Raft target, but for how it is started (`targets/host/`). */
import type {Protocol} from '../../core/target.ts'
import {StoreSession} from '../state-machine/session.ts'
import {RaftNode} from './node.ts'

export const protocol: Protocol = {
  createNode: (env, options) => new RaftNode(env, options),
  createSession: (env, options) => new StoreSession(env, options),
}
