/**
 * `dynamo`: an always writeable, eventually consistent key-value store with tunable quorums. See `node.ts` for which idea is
 * where, `settings.ts` for what `--target-arg` can change.
 *
 * Under the `staleness` workload its quorums are strict and R + W > N: what it promises then is a regular register, whose
 * reads are never older than the last write that had returned before them. The ring is fixed then: see `fixedMembers`.
 */
import type {Protocol, Target} from '../../core/target.ts'
import {HomeSession} from '../state-machine/home-session.ts'
import {bugs} from './bugs.ts'
import {DynamoNode} from './node.ts'
import {fixedMembers, SETTINGS, unfit} from './settings.ts'

/** An unanswered read is asked again after this time, ms. */
const RETRY_MS = 350

export const protocol = {
  reconfigures: true,
  fixedMembers,
  createNode: (env, options) => new DynamoNode(env, options),
  createSession: (env, options) => new HomeSession(env, options, RETRY_MS),
} as const satisfies Protocol

export const dynamo = {
  name: 'dynamo',
  description:
    'Dynamo: consistent hashing, N/R/W, sloppy quorums, hinted handoff, siblings, Merkle anti-entropy, nodes that join and leave',
  claims: {set: 'eventual', register: 'eventual', staleness: 'bounded-staleness-0ms'},
  functions: ['read', 'write', 'add', 'remove'],
  bugs,
  defaultNodes: 5,
  minNodes: 3,
  accepts: SETTINGS,
  unfit,
  protocol,
} as const satisfies Omit<Target, 'start' | 'capabilities'>
