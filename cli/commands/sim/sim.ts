import {Args, Command, Flags} from '@oclif/core'
import {configFlags, listFlags, settingFlags, switchFlags, terminalFlags, typedFlags} from '../../settings/run-flags.ts'

/** `chaos sim`: everything else is imported when it runs, so that `--help` stays quick. */
export default class Sim extends Command {
  static override summary = 'Try many seeds of a target in simulated time; every one that fails becomes a run.'
  static override description =
    'Runs the very code of TARGET on simulated machines, disks, clocks and links, on all cores and as fast as events can be worked off. A seed decides everything: what it finds, it finds again. The first violation stops the search unless --keep-going is given; every seed that fails is a run directory with a report, and a line that does it again.'
  static override examples = [
    '<%= config.bin %> sim raft --seeds 1000',
    '<%= config.bin %> sim paxos -w cas --time-budget 60s --strategy swarm',
    '<%= config.bin %> sim raft --bug stale-read',
    '<%= config.bin %> sim raft --seed 8f3a-17',
    '<%= config.bin %> sim --resume .chaos/searches/20261129-021700-raft-9c1e.json',
  ]
  static override args = {
    target: Args.string({description: 'a bundled target, one of the configuration, or a module path'}),
  }
  static readonly moreFlags = [
    ...[
      'keys',
      'concurrency',
      'ops',
      'op-timeout',
      'interval',
      'heal',
      'toxiproxy',
      'links',
      'target-arg',
      'fail-fast',
    ],
    ...['check-timeout', 'check-memory', 'config', 'profile', 'no-color', 'quiet', 'verbose', 'threshold'],
  ]
  static override flags = {
    seeds: Flags.string({description: 'how many seeds [default: 100]', helpGroup: 'SEARCH', helpValue: '<value>'}),
    'time-budget': Flags.string({
      description: 'begin no seed after this time; without --seeds, try as many as it allows',
      helpGroup: 'SEARCH',
      helpValue: '<value>',
    }),
    strategy: Flags.string({
      description:
        'random: every seed has the same configuration; swarm: a seed draws its own; guided: half of them do, and faults of seeds that led somewhere new are mutated',
      options: ['random', 'swarm', 'guided'],
      default: 'random',
      helpGroup: 'SEARCH',
    }),
    'keep-going': Flags.boolean({description: 'go on after a violation', helpGroup: 'SEARCH'}),
    workers: Flags.string({description: 'threads [default: one a core]', helpGroup: 'SEARCH', helpValue: '<value>'}),
    resume: Flags.string({
      description: 'go on with a search that was interrupted: the file that it named',
      helpGroup: 'SEARCH',
      helpValue: '<file>',
    }),
    json: Flags.boolean({description: 'print one document with every finding', helpGroup: 'OUTPUT'}),
    ...settingFlags,
    ...switchFlags,
    ...listFlags,
    ...configFlags,
    ...terminalFlags,
  }

  override async run(): Promise<void> {
    const {args, flags, metadata} = await this.parse(Sim)
    const [{simulateSeeds}, {searchSettings, resumedSettings, refuseBeside}, {reporterContext, watchInterrupts}] =
      await Promise.all([
        import('./simulate-seeds.ts'),
        import('./search-settings.ts'),
        import('../../output/terminal.ts'),
      ])
    const given = Object.keys(flags).filter((name) => metadata.flags[name]?.setFromDefault !== true)
    if (flags.resume !== undefined) refuseBeside(args.target === undefined ? given : ['TARGET', ...given])
    const settings =
      flags.resume === undefined
        ? searchSettings(flags, typedFlags(flags, args.target))
        : resumedSettings(flags.resume, flags)
    const interrupts = watchInterrupts()
    try {
      const exitCode = await simulateSeeds(settings, reporterContext(flags), interrupts.signal)
      process.exitCode = interrupts.exitCode() ?? exitCode
    } finally {
      interrupts.dispose()
    }
  }
}
