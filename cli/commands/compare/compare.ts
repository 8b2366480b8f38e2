import {Args, Command, Flags} from '@oclif/core'
import {placeFlags} from '../../settings/place-flags.ts'
import {terminalFlags} from '../../settings/run-flags.ts'

export default class Compare extends Command {
  static override summary = 'Set two runs side by side: settings, properties, figures.'
  static override description =
    'For any two judged runs: which settings they differ in, which properties changed, by how much figures moved. To see from which operation on two runs of one plan are no longer the same, use chaos diff.'
  static override examples = [
    '<%= config.bin %> compare latest latest-failure',
    '<%= config.bin %> compare 20261120-201504-raft-register-8f3a latest --json',
  ]
  static override args = {
    before: Args.string({description: 'a run directory or its name', required: true}),
    after: Args.string({description: 'another', required: true}),
  }
  static override flags = {json: Flags.boolean({description: 'as JSON'}), ...placeFlags, ...terminalFlags}

  override async run(): Promise<void> {
    const {args, flags} = await this.parse(Compare)
    const [{compareRuns, comparisonLines}, {placeNames}, {reporterContext}] = await Promise.all([
      import('./comparison.ts'),
      import('../../settings/places.ts'),
      import('../../output/terminal.ts'),
    ])
    const [before = args.before, after = args.after] = await placeNames([args.before, args.after], flags.runs)
    const comparison = compareRuns(before, after)
    const {style} = reporterContext(flags)
    this.log(flags.json ? JSON.stringify(comparison, null, 2) : comparisonLines(comparison, style).join('\n'))
  }
}
