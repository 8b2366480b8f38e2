import {Args, Command, Flags} from '@oclif/core'
import {judgingFlags} from '../settings/judging-flags.ts'
import {placeFlags} from '../settings/place-flags.ts'
import {terminalFlags} from '../settings/run-flags.ts'

export default class Report extends Command {
  static override summary = 'Build report.html again from a run, or from a lone history.'
  static override description =
    'A lone history may be in any format that chaos check reads, and is judged in the same way. A run keeps the verdict it was given, unless you say how to judge it.'
  static override examples = [
    '<%= config.bin %> report latest',
    '<%= config.bin %> report history.edn -o page.html',
    '<%= config.bin %> report history.edn --checker list-append --consistency-models snapshot-isolation',
  ]
  static override args = {
    run: Args.string({
      description: 'a run directory or its name, latest, a history file, or - for standard input',
      default: 'latest',
    }),
  }
  static override flags = {
    output: Flags.string({char: 'o', description: 'the file to write [default: report.html of the run]'}),
    open: Flags.boolean({description: 'open it'}),
    ...judgingFlags,
    ...placeFlags,
    ...terminalFlags,
  }

  override async run(): Promise<void> {
    const {args, flags} = await this.parse(Report)
    const [{judgingSettings}, {reportFile, writePage}, {openFile}] = await Promise.all([
      import('../settings/judging-settings.ts'),
      import('../output/report-page.ts'),
      import('../output/open.ts'),
    ])
    const {placeNames} = await import('../settings/places.ts')
    const [name = args.run] = await placeNames([args.run], flags.runs)
    const file = await writePage(name, judgingSettings(flags), flags.output ?? reportFile(name))
    this.log(file)
    if (flags.open) openFile(file)
  }
}
