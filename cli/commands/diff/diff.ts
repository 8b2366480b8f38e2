import {Args, Command, Flags} from '@oclif/core'
import {placeFlags} from '../../settings/place-flags.ts'
import {terminalFlags} from '../../settings/run-flags.ts'

export default class Diff extends Command {
  static override summary = 'Where two runs part: first planned entry, first operation, verdict, latency.'
  static override description =
    'For two runs that should have been the same, or that began the same: one seed on two machines, a run and its replay, a run before and after a change. To set the settings and figures of any two runs side by side, use chaos compare.'
  static override examples = [
    '<%= config.bin %> diff latest latest-failure',
    '<%= config.bin %> diff 20261120-201504-raft-register-8f3a latest --json',
  ]
  static override args = {
    before: Args.string({description: 'a run directory or its name', required: true}),
    after: Args.string({description: 'another', required: true}),
  }
  static override flags = {json: Flags.boolean({description: 'as JSON'}), ...placeFlags, ...terminalFlags}

  override async run(): Promise<void> {
    const {args, flags} = await this.parse(Diff)
    const [{differenceOf}, {differenceLines}, {placeNames}, {reporterContext}] = await Promise.all([
      import('./difference.ts'),
      import('./difference-lines.ts'),
      import('../../settings/places.ts'),
      import('../../output/terminal.ts'),
    ])
    const [before = args.before, after = args.after] = await placeNames([args.before, args.after], flags.runs)
    const difference = await differenceOf(before, after)
    const {style} = reporterContext(flags)
    this.log(flags.json ? JSON.stringify(difference, null, 2) : differenceLines(difference, style).join('\n'))
  }
}
