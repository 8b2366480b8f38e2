import {Command, Flags} from '@oclif/core'
import {configFlags, terminalFlags} from '../../settings/run-flags.ts'

export default class Campaign extends Command {
  static override summary = 'Many small runs as a queue: on all cores, on many machines, resumed where it was.'
  static override description =
    'Seeds × targets × faults become small jobs. They are worked off by processes of this machine, by `chaos campaign worker` anywhere that reaches the same Redis server (--queue), or in parts (--shard i/n) that `chaos campaign merge` puts together. Every job counts once, whatever becomes of workers, broker or campaign.'
  static override examples = [
    '<%= config.bin %> campaign --targets raft,zab --simulate --seeds 50',
    '<%= config.bin %> campaign --profile nightly --seeds 20 --queue redis://10.0.0.5:6379',
    '<%= config.bin %> campaign --simulate --seeds 100 --seed 1 --shard 2/5 -o part-2',
    '<%= config.bin %> campaign --resume .chaos/campaigns/20261129-021700',
  ]
  static override flags = {
    seeds: Flags.string({description: 'how many seeds each cell is run with', default: '3', helpGroup: 'CAMPAIGN'}),
    seed: Flags.string({
      description: 'decides all seeds [default: a fresh one; needed with --shard]',
      helpGroup: 'CAMPAIGN',
    }),
    targets: Flags.string({description: 'a list [default: every bundled target]', helpGroup: 'CAMPAIGN'}),
    workloads: Flags.string({description: 'a list [default: all that each target speaks]', helpGroup: 'CAMPAIGN'}),
    faults: Flags.string({description: 'lists of faults, separated by semicolons', helpGroup: 'CAMPAIGN'}),
    canaries: Flags.string({description: 'all, none or a list of target:bug', helpGroup: 'CAMPAIGN'}),
    simulate: Flags.boolean({description: 'run the jobs in simulated time', helpGroup: 'CAMPAIGN'}),
    time: Flags.string({description: 'how long clients run in each run', default: '20s', helpGroup: 'CAMPAIGN'}),
    rate: Flags.string({description: 'operations per second in each run', default: '200/s', helpGroup: 'CAMPAIGN'}),
    threshold: Flags.string({description: "such as 'ok_rate>0.9' (repeatable)", multiple: true, helpGroup: 'CAMPAIGN'}),
    'fail-fast': Flags.boolean({
      description: 'end each run as soon as a violation is proved; canaries always do',
      helpGroup: 'CAMPAIGN',
    }),
    workers: Flags.string({
      description: 'processes on this machine [default: one; with --simulate one a core]',
      helpGroup: 'WORKERS',
    }),
    queue: Flags.string({
      description: 'give the jobs to workers at this broker: redis://HOST:PORT',
      helpGroup: 'WORKERS',
      exclusive: ['workers'],
    }),
    shard: Flags.string({description: 'only this part of the jobs, such as 2/5', helpGroup: 'WORKERS'}),
    resume: Flags.string({
      description: 'go on with the campaign in this directory',
      helpGroup: 'WORKERS',
      exclusive: ['targets', 'workloads', 'faults', 'canaries', 'shard', 'seed', 'output', 'profile'],
    }),
    keep: Flags.string({
      description: 'which run directories stay',
      options: ['failures', 'all'],
      default: 'failures',
      helpGroup: 'OUTPUT',
    }),
    junit: Flags.string({description: 'write JUnit XML to this file', helpGroup: 'OUTPUT'}),
    json: Flags.boolean({description: 'one JSON document on standard output', helpGroup: 'OUTPUT'}),
    output: Flags.string({
      char: 'o',
      description: 'the directory of the campaign [default: a new one in .chaos/campaigns]',
      helpGroup: 'OUTPUT',
    }),
    ...configFlags,
    ...terminalFlags,
  }

  override async run(): Promise<void> {
    const {flags} = await this.parse(Campaign)
    const [{beginCampaign}, {conduct}, {reporterContext, watchInterrupts}] = await Promise.all([
      import('./begin.ts'),
      import('./conduct.ts'),
      import('../../output/terminal.ts'),
    ])
    const context = reporterContext(flags)
    const settings = await beginCampaign(flags, context.clock)
    const interrupts = watchInterrupts()
    try {
      const exitCode = await conduct(settings, context, interrupts.signal)
      process.exitCode = interrupts.exitCode() ?? exitCode
    } finally {
      settings.release()
      interrupts.dispose()
    }
  }
}
