import {Args, Command, Flags} from '@oclif/core'
import {configFlags, terminalFlags} from './run-flags.ts'

export default class Check extends Command {
  static override summary = 'Judge saved histories: runs, or files in any format that is known.'
  static override description =
    'Reads histories (JSON Lines, Jepsen EDN, elle-cli JSON, Porcupine logs; told by their content) and judges them by what their header says, by what you say, or by a guess that is told. Of several, each gets one line; the exit code is the worst.'
  static override examples = [
    '<%= config.bin %> check latest',
    '<%= config.bin %> check history.edn --model cas-register',
    '<%= config.bin %> check history.edn --checker list-append --consistency-models snapshot-isolation',
    '<%= config.bin %> check a.jsonl b.jsonl --json',
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
    checker: Flags.string({
      description: 'judge by these only, such as list-append or queue,stats (see chaos list checkers)',
      helpGroup: 'CHECK',
    }),
    model: Flags.string({
      description: 'judge linearizability of this model only (see chaos list models)',
      helpGroup: 'CHECK',
    }),
    'consistency-models': Flags.string({
      description: 'what transactions must satisfy, such as serializable [default: strict-serializable]',
      helpGroup: 'CHECK',
    }),
    workload: Flags.string({char: 'w', description: 'judge it as this workload', helpGroup: 'CHECK'}),
    claim: Flags.string({description: 'judge it by this claim', helpGroup: 'CHECK'}),
    format: Flags.string({description: 'jsonl, json, edn or log [default: told by the content]', helpGroup: 'CHECK'}),
    threshold: Flags.string({description: "such as 'ok_rate>0.95' (repeatable)", multiple: true, helpGroup: 'CHECK'}),
    'check-timeout': Flags.string({description: 'time for each history', default: '60s', helpGroup: 'CHECK'}),
    'check-memory': Flags.string({
      description: 'memory for each history, reading included; beyond it, the answer is unknown',
      default: '2GB',
      helpGroup: 'CHECK',
    }),
    json: Flags.boolean({description: 'one JSON document on standard output', helpGroup: 'OUTPUT'}),
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
    ...terminalFlags,
  }

  override async run(): Promise<void> {
    const {argv, flags} = await this.parse(Check)
    const [{checkAll}, {reporterContext}, {parseDuration, parseSize}, {FORMATS}, {lookUp}] = await Promise.all([
      import('./check-all.ts'),
      import('./terminal.ts'),
      import('./quantities.ts'),
      import('../core/format/index.ts'),
      import('../core/registry.ts'),
    ])
    if (flags.format !== undefined) lookUp('format', FORMATS, flags.format)
    const models = flags['consistency-models']
    process.exitCode = await checkAll(
      argv as string[],
      {
        wishes: {
          thresholds: flags.threshold ?? [],
          ...(flags.model === undefined ? {} : {model: flags.model}),
          ...(flags.checker === undefined ? {} : {checker: flags.checker}),
          ...(models === undefined ? {} : {consistencyModels: models.split(',').map((name) => name.trim())}),
          ...(flags.workload === undefined ? {} : {workload: flags.workload}),
          ...(flags.claim === undefined ? {} : {claim: flags.claim}),
        },
        ...(flags.format === undefined ? {} : {format: flags.format as keyof typeof FORMATS}),
        timeoutMs: parseDuration('--check-timeout', flags['check-timeout']),
        memoryBytes: parseSize('--check-memory', flags['check-memory']),
        json: flags.json,
        expect: flags.expect as 'pass',
        unknownAs: flags.unknown as 'unknown',
      },
      reporterContext(flags),
    )
  }
}
