import {Command, Flags} from '@oclif/core'
import {configFlags, terminalFlags} from '../../settings/run-flags.ts'

export default class Ci extends Command {
  static override summary =
    'A nightly job: the matrix within a budget, canaries that must be caught, failing seeds kept.'
  static override description =
    'Runs canaries (bundled targets with a planted bug: missing one fails the job), then the seeds that failed before, then fresh seeds over targets × workloads × faults until the budget is spent. What was tested least recently comes first, and canaries leave room for one run of what is to be tested. Writes JUnit, GitHub annotations and a step summary.'
  static override examples = [
    '<%= config.bin %> ci --budget 10m',
    '<%= config.bin %> ci --profile nightly --junit junit.xml',
    "<%= config.bin %> ci --targets raft --workloads register --faults 'partition;kill,pause' --canaries raft:stale-read",
  ]
  static override flags = {
    budget: Flags.string({
      description: 'how long the whole job takes at most, whatever is left to do [default: 10m]',
      helpGroup: 'CAMPAIGN',
    }),
    'require-all': Flags.boolean({
      description: 'exit 3 where the budget did not reach every canary, kept seed and cell',
      helpGroup: 'CAMPAIGN',
    }),
    targets: Flags.string({description: 'a list [default: every bundled target]', helpGroup: 'CAMPAIGN'}),
    workloads: Flags.string({description: 'a list [default: all that each target speaks]', helpGroup: 'CAMPAIGN'}),
    faults: Flags.string({description: 'lists of faults, separated by semicolons', helpGroup: 'CAMPAIGN'}),
    canaries: Flags.string({description: 'all, none or a list of target:bug', helpGroup: 'CAMPAIGN'}),
    time: Flags.string({description: 'how long clients run in each run', default: '20s', helpGroup: 'CAMPAIGN'}),
    rate: Flags.string({description: 'operations per second in each run', default: '200/s', helpGroup: 'CAMPAIGN'}),
    seed: Flags.string({description: 'decides the seeds of all runs [default: a fresh one]', helpGroup: 'CAMPAIGN'}),
    seeds: Flags.string({
      description: 'where failing seeds are kept',
      default: '.chaos/seeds.json',
      helpGroup: 'CAMPAIGN',
    }),
    threshold: Flags.string({description: "such as 'ok_rate>0.9' (repeatable)", multiple: true, helpGroup: 'CAMPAIGN'}),
    'fail-fast': Flags.boolean({
      description: 'end each run as soon as a violation is proved; canaries always do',
      helpGroup: 'CAMPAIGN',
    }),
    bail: Flags.boolean({description: 'stop at the first violation', helpGroup: 'CAMPAIGN'}),
    'retries-on-env': Flags.string({
      description: 'tries again when the environment fails',
      default: '1',
      helpGroup: 'CAMPAIGN',
    }),
    junit: Flags.string({description: 'write JUnit XML to this file', helpGroup: 'OUTPUT'}),
    json: Flags.boolean({description: 'one JSON document on standard output', helpGroup: 'OUTPUT'}),
    output: Flags.string({char: 'o', description: 'where run directories are made', helpGroup: 'OUTPUT'}),
    ...configFlags,
    ...terminalFlags,
  }

  override async run(): Promise<void> {
    const {flags} = await this.parse(Ci)
    const [{runCampaign}, {resolveCampaign}, {loadConfig}, {reporterContext, watchInterrupts}] = await Promise.all([
      import('./run-campaign.ts'),
      import('../../settings/campaign-settings.ts'),
      import('../../settings/config.ts'),
      import('../../output/terminal.ts'),
    ])
    const loaded = await loadConfig(flags.config, process.cwd())
    const settings = await resolveCampaign(flags, loaded)
    const interrupts = watchInterrupts()
    try {
      const exitCode = await runCampaign(settings, loaded, reporterContext(flags), interrupts.signal)
      process.exitCode = interrupts.exitCode() ?? exitCode
    } finally {
      interrupts.dispose()
    }
  }
}
