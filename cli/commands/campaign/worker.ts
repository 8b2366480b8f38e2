import {Command, Flags} from '@oclif/core'
import {configFlags, terminalFlags} from '../../settings/run-flags.ts'

export default class CampaignWorker extends Command {
  static override summary = 'Take jobs of campaigns from a broker, one at a time, until it is told to stop.'
  static override description =
    'Start one on each machine, with the same version of chaos, the same configuration and the same programs as the campaign. A worker that is stopped gives its job back; one that is lost loses its lease, and another does the job.'
  static override examples = ['<%= config.bin %> campaign worker --queue redis://10.0.0.5:6379']
  static override flags = {
    queue: Flags.string({description: 'the broker: redis://HOST:PORT', required: true, helpGroup: 'WORKERS'}),
    lease: Flags.string({
      description: 'how long the job of a worker that was lost waits for another',
      default: '30s',
      helpGroup: 'WORKERS',
    }),
    keep: Flags.string({
      description: 'which run directories are sent to the campaign',
      options: ['failures', 'all'],
      default: 'failures',
      helpGroup: 'OUTPUT',
    }),
    ...configFlags,
    ...terminalFlags,
  }

  override async run(): Promise<void> {
    const {flags} = await this.parse(CampaignWorker)
    const [{work}, {reporterContext, watchInterrupts}] = await Promise.all([
      import('./work.ts'),
      import('../../output/terminal.ts'),
    ])
    const interrupts = watchInterrupts()
    try {
      await work(flags, reporterContext(flags), interrupts.signal)
      process.exitCode = interrupts.exitCode() ?? 0
    } finally {
      interrupts.dispose()
    }
  }
}
