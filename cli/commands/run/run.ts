import {relative} from 'node:path'
import {Args, Command, Flags} from '@oclif/core'
import {EXIT} from '../../../core/error.ts'
import {configFlags, listFlags, settingFlags, switchFlags, terminalFlags, typedFlags} from '../../settings/run-flags.ts'

/** `chaos run`: everything else is imported when it runs, so that `--help` stays quick. */
export default class Run extends Command {
  static override summary = 'Start a cluster, drive clients against it, inject faults, and judge what was recorded.'
  static override description =
    'Runs TARGET (raft unless told otherwise) under a workload while faults strike, heals it, reads everything back and checks whether it kept its promise. The record, the verdict and a report are kept in a directory of the run.'
  static override examples = [
    '<%= config.bin %> run',
    '<%= config.bin %> run raft -w cas --nemesis partition,kill --time 60s',
    '<%= config.bin %> run raft --bug stale-read --expect violation',
    '<%= config.bin %> run raft -w cas --time 10m --fail-fast',
    "<%= config.bin %> run gossip -w set --rate 1000/s --threshold 'p99<100ms'",
  ]
  static override args = {
    target: Args.string({description: 'a bundled target, one of the configuration, or a module path'}),
  }
  /** Shown with `--help --all`. */
  static readonly moreFlags = [
    ...['keys', 'concurrency', 'ops', 'op-timeout', 'interval', 'heal', 'toxiproxy', 'target-arg', 'ssh-config'],
    ...['check-timeout', 'check-memory', 'config', 'print-config', 'no-color', 'quiet', 'verbose', 'unknown'],
  ]
  static override flags = {
    ...settingFlags,
    ...switchFlags,
    ...listFlags,
    ...configFlags,
    ...terminalFlags,
    reporter: Flags.string({
      description: 'list, minimal, dot, json, ndjson, junit or github, as name or name=path (repeatable)',
      multiple: true,
      helpGroup: 'OUTPUT',
    }),
    ssh: Flags.boolean({description: 'reach the machines of --hosts by SSH, as it is done in any case', hidden: true}),
    json: Flags.boolean({description: 'the same as --reporter json', helpGroup: 'OUTPUT'}),
    open: Flags.string({
      description: 'open the report when the run has ended',
      options: ['on-failure', 'never', 'always'],
      default: 'never',
      helpGroup: 'OUTPUT',
    }),
    expect: Flags.string({
      description: 'what counts as success; a canary expects a violation',
      options: ['pass', 'violation', 'any'],
      default: 'pass',
      helpGroup: 'CI',
    }),
    unknown: Flags.string({
      description: 'what an inconclusive run counts as',
      options: ['pass', 'fail', 'unknown'],
      default: 'unknown',
      helpGroup: 'CI',
    }),
    watch: Flags.boolean({
      description: 'run again whenever a file here changes; for the authors of targets',
      helpGroup: 'OUTPUT',
    }),
    'print-config': Flags.boolean({
      description: 'print every setting with its origin, and run nothing',
      helpGroup: 'CONFIG',
    }),
  }

  override async run(): Promise<void> {
    const {args, flags} = await this.parse(Run)
    if (flags.watch) {
      const {runAgainOnChange} = await import('./watch.ts')
      process.exitCode = await runAgainOnChange(this.argv.filter((word) => word !== '--watch'))
      return
    }
    const [{resolveFlags}, {loadConfig}, {reporterContext, watchInterrupts}, {chooseReporters}, {exitCodeOf}] =
      await Promise.all([
        import('../../settings/resolve-flags.ts'),
        import('../../settings/config.ts'),
        import('../../output/terminal.ts'),
        import('../../reporters/index.ts'),
        import('../../output/exit.ts'),
      ])
    const loaded = await loadConfig(flags.config, process.cwd())
    const options = await resolveFlags(typedFlags(flags, args.target), process.env, loaded)
    if (flags['print-config']) {
      for (const {name, value, origin} of options.origins) this.log(`${name.padEnd(14)} ${value.padEnd(28)} ${origin}`)
      return
    }
    if (options.links === 'netns') {
      const {enterNamespace, insideNamespace} = await import('../../../hosts/netns/enter.ts')
      if (!insideNamespace()) {
        process.exitCode = await enterNamespace()
        return
      }
    }
    const context = reporterContext(flags)
    const reporters = chooseReporters(flags.json ? ['json'] : (flags.reporter ?? []), context)
    const interrupts = watchInterrupts()
    try {
      const [{run}, {writeReport}, {fanOut}, {openFile}, {noteEnded}] = await Promise.all([
        import('../../../runner/run.ts'),
        import('../../output/report-page.ts'),
        import('../../reporters/fan-out.ts'),
        import('../../output/open.ts'),
        import('../../../runner/runs.ts'),
      ])
      const watchers = fanOut(reporters.all)
      const result = await run(options, watchers, interrupts.signal)
      const {judgement} = result
      if (judgement === undefined) {
        const reason = result.ended?.message ?? 'The run ended early.'
        noteEnded(result.directory.path, result.facts, {interrupted: interrupts.exitCode() !== undefined, reason})
      }
      const reportFile = judgement === undefined ? undefined : await writeReport(result.directory.path)
      const exitCode =
        interrupts.exitCode() ??
        (judgement === undefined
          ? EXIT.environment
          : exitCodeOf(judgement, flags.expect as 'pass', flags.unknown as 'unknown'))
      const here = (path: string) => relative(process.cwd(), path) || '.'
      watchers.ended?.({
        result,
        exitCode,
        directory: here(result.directory.path),
        ...(reportFile === undefined ? {} : {reportFile: here(reportFile)}),
      })
      if (result.ended !== undefined && interrupts.exitCode() === undefined) throw result.ended
      const failed = judgement?.validity !== 'valid'
      if (reportFile !== undefined && (flags.open === 'always' || (flags.open === 'on-failure' && failed))) {
        openFile(reportFile)
      }
      process.exitCode = exitCode
    } catch (error) {
      const interrupted = interrupts.exitCode()
      if (interrupted === undefined) throw error
      process.exitCode = interrupted
    } finally {
      interrupts.dispose()
      reporters.close()
    }
  }
}
