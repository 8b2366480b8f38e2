import {Args, Command, Flags} from '@oclif/core'
import {terminalFlags} from './run-flags.ts'

export default class Report extends Command {
  static override summary = 'Build report.html again from a run, or from a lone history.'
  static override examples = ['<%= config.bin %> report latest', '<%= config.bin %> report history.edn -o page.html']
  static override args = {
    run: Args.string({description: 'a run directory or its name, latest, or a history file', default: 'latest'}),
  }
  static override flags = {
    output: Flags.string({char: 'o', description: 'the file to write [default: report.html of the run]'}),
    open: Flags.boolean({description: 'open it'}),
    model: Flags.string({description: 'judge a lone history by this model'}),
    workload: Flags.string({char: 'w', description: 'judge a lone history as this workload'}),
    ...terminalFlags,
  }

  override async run(): Promise<void> {
    const {args, flags} = await this.parse(Report)
    const [
      {load, loadVerdict},
      {judgeLoaded},
      {renderLoaded},
      {createBudget},
      {writeWhole},
      {openFile},
      {basename, join},
    ] = await Promise.all([
      import('./load.ts'),
      import('./judge-loaded.ts'),
      import('./report-page.ts'),
      import('../runner/budget.ts'),
      import('../runner/store.ts'),
      import('./open.ts'),
      import('node:path'),
    ])
    const loaded = await load(args.run)
    const {directory} = loaded
    const wishes = {
      thresholds: [],
      ...(flags.model === undefined ? {} : {model: flags.model}),
      ...(flags.workload === undefined ? {} : {workload: flags.workload}),
    }
    const known = directory === undefined ? undefined : loadVerdict(directory)
    const judgement = known ?? (await judgeLoaded(loaded, wishes, createBudget(60_000, 2e9))).judgement
    const file =
      flags.output ?? (directory === undefined ? `${basename(args.run)}.html` : join(directory, 'report.html'))
    writeWhole(file, renderLoaded(loaded, judgement))
    this.log(file)
    if (flags.open) openFile(file)
  }
}
