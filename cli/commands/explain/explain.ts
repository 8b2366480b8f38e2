import {Args, Command, Flags} from '@oclif/core'
import {placeFlags} from '../../settings/place-flags.ts'
import {terminalFlags} from '../../settings/run-flags.ts'

export default class Explain extends Command {
  static override summary = 'Explain an anomaly in general, or what a run found in particular.'
  static override examples = [
    '<%= config.bin %> explain stale-read',
    '<%= config.bin %> explain latest',
    '<%= config.bin %> explain latest#4130',
  ]
  static override args = {
    subject: Args.string({description: 'an anomaly, or a run, perhaps with #op', required: true}),
  }
  static override flags = {json: Flags.boolean({description: 'as JSON'}), ...placeFlags, ...terminalFlags}

  override async run(): Promise<void> {
    const {args, flags} = await this.parse(Explain)
    const [{explanationOf}, {reporterContext}] = await Promise.all([
      import('./pages.ts'),
      import('../../output/terminal.ts'),
    ])
    const context = reporterContext(flags)
    const page = explanationOf(args.subject)
    if (page !== undefined) {
      this.log(flags.json ? JSON.stringify(page, null, 2) : page.text.trimEnd())
      return
    }
    const {explainRun} = await import('./explain-run.ts')
    await explainRun(args.subject, flags.json, context, flags.runs)
  }
}
