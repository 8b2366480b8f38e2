import {Args, Command, Flags} from '@oclif/core'
import {
  configFlags,
  listFlags,
  outputFlags,
  settingFlags,
  switchFlags,
  terminalFlags,
  typedFlags,
} from '../../settings/run-flags.ts'

/** With `--protocol` the target is a program, and the protocol's name is the target's. */
function typedRun(flags: Readonly<Record<string, unknown>>, target: string | undefined) {
  if (flags['protocol'] === undefined) return typedFlags(flags, target)
  const typed = typedFlags(flags, String(flags['protocol']))
  return {...typed, targetArgs: [...typed.targetArgs, ...(target === undefined ? [] : [`bin=${target}`])]}
}

/** `chaos run`: everything else is imported when it runs, so that `--help` stays quick. */
export default class Run extends Command {
  static override summary = 'Drive clients against a cluster, inject faults, and judge what was recorded.'
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
    ...['compose-project', 'kube-context', 'kube-namespace', 'kube-image', 'client-port'],
    ...['check-timeout', 'check-memory', 'config', 'print-config', 'no-color', 'quiet', 'verbose', 'unknown'],
    'protocol',
  ]
  static override flags = {
    ...settingFlags,
    ...switchFlags,
    ...listFlags,
    ...configFlags,
    ...terminalFlags,
    ssh: Flags.boolean({description: 'reach the machines of --hosts by SSH, as it is done in any case', hidden: true}),
    ...outputFlags,
    protocol: Flags.string({
      description: 'TARGET is a program that speaks this: maelstrom',
      options: ['maelstrom'],
      helpGroup: 'TARGET',
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
    const [{resolveFlags}, {loadConfig}] = await Promise.all([
      import('../../settings/resolve-flags.ts'),
      import('../../settings/config.ts'),
    ])
    const loaded = await loadConfig(flags.config, process.cwd())
    const options = await resolveFlags(typedRun(flags, args.target), process.env, loaded)
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
    const {performRun} = await import('./perform.ts')
    process.exitCode = await performRun(options, flags)
  }
}
