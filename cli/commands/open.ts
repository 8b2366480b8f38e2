import {Args, Command, Flags} from '@oclif/core'
import {placeFlags} from '../settings/place-flags.ts'

export default class Open extends Command {
  static override summary = 'Open the report of a run, made anew where there is none.'
  static override examples = [
    '<%= config.bin %> open',
    '<%= config.bin %> open latest-failure',
    '<%= config.bin %> open --print',
  ]
  static override args = {
    run: Args.string({description: 'a run directory or its name, latest or latest-failure', default: 'latest'}),
  }
  static override flags = {
    print: Flags.boolean({description: 'print where the report is, and open nothing'}),
    ...placeFlags,
  }

  override async run(): Promise<void> {
    const {args, flags} = await this.parse(Open)
    const [{existsSync}, {reportFile, writePage}, {placeNames}, {judgingSettings}, {openFile}] = await Promise.all([
      import('node:fs'),
      import('../output/report-page.ts'),
      import('../settings/places.ts'),
      import('../settings/judging-settings.ts'),
      import('../output/open.ts'),
    ])
    const [name = args.run] = await placeNames([args.run], flags.runs)
    const file = reportFile(name)
    if (!existsSync(file)) await writePage(name, judgingSettings({}), file)
    this.log(file)
    if (!flags.print) openFile(file)
  }
}
