import {Args, Command, Flags} from '@oclif/core'
import {configFlags, outputFlags, terminalFlags} from '../../settings/run-flags.ts'

const text = (description: string, helpGroup: string, char?: 'w' | 'o') =>
  Flags.string({description, helpGroup, helpValue: '<value>', ...(char === undefined ? {} : {char})})

/** `chaos maelstrom test`: Maelstrom's own command line, for the nodes that were written for it. */
export default class Maelstrom extends Command {
  static override summary = 'Test a Maelstrom node, unmodified, with Maelstrom’s own flags.'
  static override description =
    'Starts a program as the nodes of a cluster, speaks Maelstrom’s protocol with it (JSON lines on standard input and output) over a simulated network, and judges it by Maelstrom’s workload of that name. What stands behind -- is given to the program.'
  static override examples = [
    '<%= config.bin %> maelstrom test -w echo --bin ./echo.rb --node-count 1 --time-limit 10',
    '<%= config.bin %> maelstrom test -w broadcast --bin ./node --node-count 25 --rate 100 --latency 100 --topology tree4',
    '<%= config.bin %> maelstrom test -w lin-kv --bin ./node_modules/.bin/chaos -- maelstrom node raft',
    '<%= config.bin %> maelstrom test -w lin-kv --bin ./node --concurrency 4n --nemesis partition --nemesis-interval 3',
  ]
  static override strict = false
  static override args = {
    action: Args.string({
      description: 'test, or node: one node of a bundled target, to be run by Maelstrom',
      required: true,
    }),
    target: Args.string({description: 'of node: the target'}),
  }
  static override flags = {
    bin: text('the program that is a node', 'TARGET'),
    'node-count': text('how many nodes, n0, n1, … [default: n1 to n5]', 'TARGET'),
    nodes: text('names of nodes, separated by commas', 'TARGET'),
    node: Flags.string({description: 'the name of a node (repeatable)', multiple: true, helpGroup: 'TARGET'}),
    latency: text('mean latency between nodes, ms [default: 0]', 'TARGET'),
    'latency-dist': text('constant, uniform or exponential [default: constant]', 'TARGET'),
    loss: text('share of messages between nodes that are lost [default: 0]', 'TARGET'),
    topology: text('grid, line, total, tree, tree2, tree3 or tree4 [default: grid]', 'TARGET'),
    recovery: text('time between the last fault and the final reads [default: 10s]', 'TARGET'),
    strict: Flags.boolean({
      description: 'refuse answers with fields that Maelstrom does not know',
      helpGroup: 'TARGET',
    }),
    'log-stderr': Flags.boolean({description: 'show what nodes print on standard error', helpGroup: 'OUTPUT'}),
    'log-net-send': Flags.boolean({description: 'show every message when it is sent', helpGroup: 'OUTPUT'}),
    'log-net-recv': Flags.boolean({description: 'show every message when it is handed over', helpGroup: 'OUTPUT'}),
    workload: text(
      'echo, broadcast, g-set, g-counter, pn-counter, lin-kv, txn-list-append, txn-rw-register, unique-ids or kafka [default: lin-kv]',
      'WORKLOAD',
      'w',
    ),
    'time-limit': text('how long clients run, s [default: 60]', 'WORKLOAD'),
    rate: text('operations per second over all clients [default: 5]', 'WORKLOAD'),
    concurrency: text('clients: a number, or 4n for four a node [default: 1n]', 'WORKLOAD'),
    'key-count': text('keys in use at a time [default: 10]', 'WORKLOAD'),
    'max-txn-length': text('most operations in a transaction [default: 4]', 'WORKLOAD'),
    'max-writes-per-key': text('writes before a key retires [default: 16]', 'WORKLOAD'),
    nemesis: text('faults, separated by commas: partition, kill, pause, loss, latency, … [default: none]', 'FAULTS'),
    'nemesis-interval': text('mean time between the start and the end of a fault, s [default: 10]', 'FAULTS'),
    availability: text('total, or the least share of operations that must succeed', 'CHECK'),
    'consistency-models': text('what transactions promise [default: strict-serializable]', 'CHECK'),
    threshold: Flags.string({
      description: "such as 'msgs_per_op<30', 'stable_p50<400ms', 'p99(read)<200ms' (repeatable)",
      multiple: true,
      helpGroup: 'CHECK',
    }),
    'test-count': text('how many tests, until one fails [default: 1]', 'CHECK'),
    bug: Flags.string({description: 'of node: a bug to switch on (repeatable)', multiple: true, helpGroup: 'TARGET'}),
    'target-arg': Flags.string({description: 'of node: name=value for it', multiple: true, helpGroup: 'TARGET'}),
    disk: text('of node: the folder where it keeps what survives a kill [default: nowhere]', 'TARGET'),
    seed: text('decides operations, faults, latencies [default: a fresh one]', 'REPRODUCE'),
    output: text('where run directories are made', 'OUTPUT', 'o'),
    ...configFlags,
    ...terminalFlags,
    ...outputFlags,
  }

  override async run(): Promise<void> {
    const {flags, argv, args} = await this.parse(Maelstrom)
    if (args.action === 'node') {
      const [{runNode}, {leave}, {EXIT}] = await Promise.all([
        import('./node.ts'),
        import('../../output/leaving.ts'),
        import('../../../core/error.ts'),
      ])
      await runNode(args.target, flags)
      leave(EXIT.pass)
    }
    const {testNodes} = await import('./test.ts')
    const behind = this.argv.indexOf('--')
    const words = behind < 0 ? [] : this.argv.slice(behind + 1)
    process.exitCode = await testNodes({
      action: args.action,
      stray: (argv as string[]).slice(1, argv.length - words.length),
      words,
      flags,
      typed: this.argv,
    })
  }
}
