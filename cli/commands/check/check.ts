import {Args, Command, Flags} from '@oclif/core'
import {judgingFlags} from '../../settings/judging-flags.ts'
import {placeFlags} from '../../settings/place-flags.ts'
import {configFlags, terminalFlags} from '../../settings/run-flags.ts'

export default class Check extends Command {
  static override summary = 'Judge saved histories: runs, or files in any format that is known.'
  static override description =
    'Reads histories (JSON Lines, Jepsen EDN, elle-cli JSON, Porcupine logs; told by their content) and judges them by what their header says, by what you say, or by a guess that is told. Of several, each gets one line; the exit code is the worst.'
  static override examples = [
    '<%= config.bin %> check latest',
    '<%= config.bin %> check history.edn --model cas-register',
    '<%= config.bin %> check history.edn --checker list-append --consistency-models snapshot-isolation',
    '<%= config.bin %> check history.edn --checker bank --option total=100 --option allow-negative',
    '<%= config.bin %> check a.jsonl b.edn.gz store/etcd/latest --json',
    'cat history.jsonl | <%= config.bin %> check -',
  ]
  static override strict = false
  static override args = {
    history: Args.string({
      description: 'a file, a run directory or its name, latest, or - for standard input',
      required: true,
    }),
  }
  static override flags = {
    ...judgingFlags,
    'fail-fast': Flags.boolean({
      description: 'stop at the first key that is found broken, where keys are judged one by one (linearizable)',
      helpGroup: 'CHECK',
    }),
    json: Flags.boolean({description: 'one JSON document on standard output', helpGroup: 'OUTPUT'}),
    report: Flags.string({description: 'write the page of the history to this file, too', helpGroup: 'OUTPUT'}),
    unknown: Flags.string({
      description: 'what an inconclusive history counts as',
      options: ['pass', 'fail', 'unknown'],
      default: 'unknown',
      helpGroup: 'CI',
    }),
    expect: Flags.string({
      description: 'what counts as success',
      options: ['pass', 'violation', 'any'],
      default: 'pass',
      helpGroup: 'CI',
    }),
    config: configFlags.config,
    ...placeFlags,
    ...terminalFlags,
  }

  override async run(): Promise<void> {
    const {argv, flags} = await this.parse(Check)
    const [
      {checkAll},
      {reporterContext},
      {judgingSettings, withFailFast},
      {onePage},
      {placeNames},
      {loadConfig},
      {bringsAny},
    ] = await Promise.all([
      import('./check-all.ts'),
      import('../../output/terminal.ts'),
      import('../../settings/judging-settings.ts'),
      import('./check-one.ts'),
      import('../../settings/places.ts'),
      import('../../settings/config.ts'),
      import('../../../runner/catalogue.ts'),
    ])
    const {plugins} = await loadConfig(flags.config, process.cwd())
    const names = await placeNames(argv as string[], flags.runs, flags.config)
    process.exitCode = await checkAll(
      names,
      {
        ...withFailFast(judgingSettings(flags), flags['fail-fast']),
        ...onePage(flags.report, names),
        json: flags.json,
        expect: flags.expect as 'pass',
        unknownAs: flags.unknown as 'unknown',
      },
      reporterContext(flags),
      bringsAny(plugins) ? plugins : undefined,
    )
  }
}
