import {Args, Command, Flags} from '@oclif/core'
import {placeFlags} from '../../settings/place-flags.ts'
import {configFlags, terminalFlags} from '../../settings/run-flags.ts'

/** `chaos replay`: everything else is imported when it runs. */
export default class Replay extends Command {
  static override summary = 'Do a run again: a simulated one exactly, a real one with the same operations and faults.'
  static override description =
    'A simulated run is a function of its plan and its seed, so its history must come out the same byte for byte. A real run follows the same plan, but processes interleave as they like: --times says how often it fails. With --sim its plan is tried in simulated time, under one seed of the world after another, until the same anomaly shows: a flake becomes a test that always fails.'
  static override examples = [
    '<%= config.bin %> replay latest-failure',
    '<%= config.bin %> replay latest-failure --times 10',
    '<%= config.bin %> replay latest-failure --sim',
  ]
  static override args = {run: Args.string({description: 'a run directory or its name', default: 'latest'})}
  static override flags = {
    times: Flags.string({description: 'how often, for a rate of reproduction', default: '1', helpGroup: 'REPLAY'}),
    sim: Flags.boolean({description: 'look for the same anomaly in simulated time', helpGroup: 'REPLAY'}),
    seeds: Flags.string({description: 'seeds of the world to try with --sim', default: '200', helpGroup: 'REPLAY'}),
    output: Flags.string({char: 'o', description: 'where run directories are made', helpGroup: 'OUTPUT'}),
    ...placeFlags,
    ...configFlags,
    ...terminalFlags,
  }

  override async run(): Promise<void> {
    const {args, flags} = await this.parse(Replay)
    const [{replay}, {reporterContext, watchInterrupts}, {parseCount}] = await Promise.all([
      import('./do-again.ts'),
      import('../../output/terminal.ts'),
      import('../../../core/quantities.ts'),
    ])
    const settings = {
      name: args.run,
      runs: flags.runs,
      output: flags.output,
      config: flags.config,
      times: Math.max(1, parseCount('--times', flags.times)),
      sim: flags.sim,
      seeds: Math.max(1, parseCount('--seeds', flags.seeds)),
    }
    const interrupts = watchInterrupts()
    try {
      const exitCode = await replay(settings, reporterContext(flags), interrupts.signal)
      process.exitCode = interrupts.exitCode() ?? exitCode
    } finally {
      interrupts.dispose()
    }
  }
}
