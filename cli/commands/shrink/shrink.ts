import {Args, Command, Flags} from '@oclif/core'
import {judgingFlags} from '../../settings/judging-flags.ts'
import {placeFlags} from '../../settings/place-flags.ts'
import {configFlags, terminalFlags} from '../../settings/run-flags.ts'

/** `chaos shrink`: everything else is imported when it runs. */
export default class Shrink extends Command {
  static override summary =
    'Leave out of a failed run what it does not need: fewer faults, operations, keys, less time.'
  static override description =
    'Delta debugging in simulated time: for as long as what remains still shows an anomaly of the same kind, more is left out. A real run is first looked for in simulation, as chaos replay --sim does. Where that cannot be (a real system, a history from elsewhere, --record) operations are left out of the record alone, only those without which an explained record would still be explained, for as long as the rest is impossible in the same way. The result is a run with its report. Ctrl-C keeps the smallest found so far.'
  static override examples = [
    '<%= config.bin %> shrink latest-failure',
    '<%= config.bin %> shrink RUN --time-budget 20s',
    '<%= config.bin %> shrink history.edn --model register',
  ]
  static override args = {
    run: Args.string({description: 'a run directory, its name, or a history', default: 'latest-failure'}),
  }
  static override flags = {
    'time-budget': Flags.string({description: 'stop after this time', default: '60s', helpGroup: 'SEARCH'}),
    worlds: Flags.string({
      description: 'seeds of the world under which each candidate is tried',
      default: '4',
      helpGroup: 'SEARCH',
    }),
    record: Flags.boolean({description: 'leave operations out of the record, without simulating', helpGroup: 'SEARCH'}),
    ...judgingFlags,
    output: Flags.string({char: 'o', description: 'where the run directory is made', helpGroup: 'OUTPUT'}),
    ...placeFlags,
    ...configFlags,
    ...terminalFlags,
  }

  override async run(): Promise<void> {
    const {args, flags} = await this.parse(Shrink)
    const [{shrinkRun}, {judgingSettings}, {reporterContext, watchInterrupts}, {parseCount, parseSpan}, {EXIT}] =
      await Promise.all([
        import('./shrink-run.ts'),
        import('../../settings/judging-settings.ts'),
        import('../../output/terminal.ts'),
        import('../../../core/quantities.ts'),
        import('../../../core/error.ts'),
      ])
    const settings = {
      name: args.run,
      runs: flags.runs,
      output: flags.output,
      config: flags.config,
      budgetMs: parseSpan('--time-budget', flags['time-budget']),
      recordOnly: flags.record,
      judging: judgingSettings(flags),
      worlds: Math.max(1, parseCount('--worlds', flags.worlds)),
    }
    const interrupts = watchInterrupts()
    try {
      // An interrupt ends the search, not the command: the smallest so far is kept, if there is one.
      const exitCode = await shrinkRun(settings, reporterContext(flags), interrupts.signal)
      process.exitCode = exitCode === EXIT.inconclusive ? (interrupts.exitCode() ?? exitCode) : exitCode
    } finally {
      interrupts.dispose()
    }
  }
}
