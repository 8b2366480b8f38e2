/**
 * Anybody's Maelstrom node, unmodified: a program that speaks JSON lines on standard input and output. What it claims is
 * what Maelstrom's workload of that name demands. Which program it is, is an argument: `--target-arg bin=PATH`.
 */
import {LOCAL_PROCESSES} from '../../core/capabilities.ts'
import type {Target} from '../../core/target.ts'
import type {Claim} from '../../core/workload.ts'
import {MaelstromCluster} from '../../hosts/maelstrom/cluster.ts'
import {nodeNames, settingsOf} from './settings.ts'

/** What a network of messages can do. */
const MESSAGES = 'Maelstrom’s network carries messages, not connections'

export const maelstrom: Target = {
  name: 'maelstrom',
  description: 'anybody’s Maelstrom node: give --target-arg bin=PATH, or run `chaos maelstrom test --bin PATH`',
  claims: {
    'lin-kv': 'linearizable',
    echo: 'linearizable',
    'maelstrom-broadcast': 'eventual',
    'g-set': 'eventual',
    'g-counter': 'eventual',
    'pn-counter': 'eventual',
    'unique-ids': 'linearizable',
    'txn-list-append': 'strict-serializable',
    'txn-rw-register': 'strict-serializable',
    kafka: 'exactly-once',
  },
  claimsWith({args}) {
    // What makes no sense is said before anything is written down.
    settingsOf({workload: 'echo', ...args})
    const model = args['consistency-models'] as Claim | undefined
    if (model === undefined) return this.claims
    return {...this.claims, 'txn-list-append': model, 'txn-rw-register': model}
  },
  aliases: {broadcast: 'maelstrom-broadcast'},
  functions: [...['read', 'write', 'cas', 'echo', 'broadcast', 'add', 'generate', 'txn', 'send', 'poll', 'assign']],
  bugs: [],
  truthfulRefusals: true,
  defaultNodes: 5,
  defaults: {nemesis: 'none', 'op-timeout': '5s', concurrency: '1n', keys: '10'},
  nodeNames,
  capabilities: () => ({
    ...LOCAL_PROCESSES,
    'network.black-hole': true,
    'network.one-way': true,
    'network.latency': true,
    'network.bandwidth': true,
    'network.loss': true,
    'network.flaky': true,
    'network.duplicate': true,
    'network.reorder': true,
    'network.refuse': MESSAGES,
    'network.slice': MESSAGES,
    'network.reset': MESSAGES,
    leader: 'nothing is known of who leads among Maelstrom’s nodes',
    'clock.skew': 'Maelstrom’s nodes have the clock of this machine',
  }),
  start: (context) => MaelstromCluster.start(settingsOf(context.options.args), context),
}
