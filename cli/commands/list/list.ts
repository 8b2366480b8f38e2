import {Args, Command, Flags} from '@oclif/core'
import {configFlags} from '../../settings/run-flags.ts'

export default class List extends Command {
  static override summary = 'What there is: targets, bugs, workloads, faults, models, checkers, anomalies, runs.'
  static override examples = [
    '<%= config.bin %> list targets',
    '<%= config.bin %> list bugs',
    '<%= config.bin %> list runs --json',
  ]
  static override args = {
    what: Args.string({
      description: 'targets, bugs, workloads, faults, models, checkers, options, anomalies or runs',
      default: 'targets',
    }),
  }
  static override flags = {
    json: Flags.boolean({description: 'as JSON'}),
    output: Flags.string({char: 'o', description: 'where run directories are'}),
    config: configFlags.config,
  }

  override async run(): Promise<void> {
    const {args, flags} = await this.parse(List)
    const [{LISTS}, {lookUp}, {loadConfig}, {runPlaces}] = await Promise.all([
      import('./lists.ts'),
      import('../../../core/registry.ts'),
      import('../../settings/config.ts'),
      import('../../settings/places.ts'),
    ])
    const rows = lookUp(
      'list',
      LISTS,
      args.what,
    )({
      loaded: await loadConfig(flags.config, process.cwd()),
      runs: await runPlaces(flags.output, flags.config),
    })
    if (flags.json) {
      this.log(JSON.stringify(rows, null, 2))
      return
    }
    if (rows.length === 0) process.stderr.write(`There are no ${args.what} yet.\n`)
    const width = Math.max(0, ...rows.map(({name}) => name.length)) + 2
    for (const {name, description} of rows) this.log(`${name.padEnd(width)}${description}`)
  }
}
