/**
 * Primary and backups, after Alsberg & Day, "A principle for resilient sharing of distributed resources" (ICSE 1976): one
 * replica decides the order and the others follow, with the parts that a real one needs besides.
 *
 * - `replica.ts`      the state, `messages.ts` what replicas say, `settings.ts` the modes: sync, semi-sync, async
 * - `failover.ts`     failure detector, promotion, epochs and fencing
 * - `replication.ts`  from the primary's log to the backups', and when a client is answered
 * - `applying.ts`     from the log to the state, snapshots, and taking back what a failover has undone
 *
 * In sync mode reads go through the log too, so a primary that was replaced without noticing answers nobody.
 */
import type {Env, Message, Node, NodeId, RequestId} from '../../core/node.ts'
import type {TargetOptions} from '../../core/target.ts'
import {commandOf} from '../state-machine/requests.ts'
import {adopt} from './applying.ts'
import {expectPrimary, onPromote, onPromoted, suspectPrimary} from './failover.ts'
import type {ReplicaMessage} from './messages.ts'
import {type Client, Replica} from './replica.ts'
import {beat, flush, onInstall, onReplicate, onReplicated} from './replication.ts'

type Handlers = {
  readonly [Type in ReplicaMessage['type']]: (
    replica: Replica,
    from: NodeId,
    message: Extract<ReplicaMessage, {type: Type}>,
  ) => void
}

const HANDLERS: Handlers = {
  replicate: onReplicate,
  install: onInstall,
  replicated: onReplicated,
  promote: onPromote,
  promoted: onPromoted,
}

export class PrimaryBackupNode implements Node {
  /** Public for tests that check invariants. */
  readonly replica: Replica

  constructor(env: Env, options: TargetOptions) {
    this.replica = new Replica(env, options)
  }

  start(): void {
    const {replica} = this
    if (replica.snapshot !== undefined) adopt(replica, replica.snapshot)
    replica.env.log(`up: epoch ${replica.fence.epoch}, log ends at ${replica.log.lastIndex}, ${replica.settings.mode}`)
    expectPrimary(replica)
  }

  message(from: NodeId, received: Message): void {
    const message = received as unknown as ReplicaMessage
    const handle = HANDLERS[message.type] as (replica: Replica, from: NodeId, message: ReplicaMessage) => void
    handle(this.replica, from, message)
  }

  timer(name: string): void {
    const {replica} = this
    const {role} = replica
    if (name === 'flush') flush(replica)
    else if (name === 'write') replica.log.sync()
    else if (name === 'beat' && role.name === 'primary') beat(replica, role)
    else if (name === 'failover' && role.name !== 'primary') suspectPrimary(replica)
  }

  request(request: RequestId, message: Message): void {
    const {replica} = this
    const {role, log, fence, env} = replica
    const client: Client = {request, attempt: message['attempt'] ?? null}
    const command = commandOf(message)
    if (message.type === 'status') env.reply(request, status(replica))
    else if (command === undefined) replica.reply(client, {type: 'failed', error: `unknown request ${message.type}`})
    else if (role.name !== 'primary') replica.reply(client, {type: 'redirect', leader: replica.primary})
    else {
      log.append([{term: fence.epoch, command}])
      role.waiting.set(log.lastIndex, client)
      replica.flushSoon()
    }
  }
}

/** What this replica says of itself, for the report and for waiting until the cluster can serve. */
function status({role, fence, primary, applied, log, snapshot, digest}: Replica): Message {
  const names = {backup: 'follower', candidate: 'candidate', primary: 'leader'} as const
  return {
    type: 'status',
    role: names[role.name],
    term: fence.epoch,
    leader: primary,
    lastApplied: applied,
    lastIndex: log.lastIndex,
    snapshotIndex: snapshot?.index ?? 0,
    digest,
  }
}
