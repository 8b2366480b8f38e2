import {Args, Command, Flags} from '@oclif/core'
import {configFlags, terminalFlags} from '../../settings/run-flags.ts'

/** `chaos cap`: everything else is imported when it runs, so that `--help` stays quick. */
export default class Cap extends Command {
  static override summary = 'Measure what targets give up while the network is partitioned: their CAP cards.'
  static override description =
    'Puts each TARGET under one partition after the other, in simulated time unless --real is given, and tells who was served on which side, how fast, which consistency model the reads support, what was lost, and how soon it recovered. A target may be followed by arguments: primary-backup:mode=async. Without targets: those that differ most.'
  static override examples = [
    '<%= config.bin %> cap',
    '<%= config.bin %> cap raft gossip --html cards.html',
    '<%= config.bin %> cap primary-backup primary-backup:mode=async --json',
    '<%= config.bin %> cap etcd redis --real',
    '<%= config.bin %> cap raft --bug stale-read',
  ]
  static override strict = false
  static override args = {
    target: Args.string({description: 'targets, each perhaps with arguments as name:argument=value,…'}),
  }
  static override flags = {
    real: Flags.boolean({description: 'as real processes; three minutes or so a target', helpGroup: 'TARGET'}),
    nodes: Flags.string({
      description: 'how many nodes [default: 5; with --real, the target’s]',
      helpGroup: 'TARGET',
      helpValue: '<value>',
    }),
    bug: Flags.string({
      description: 'switch a named bug of the targets on (repeatable)',
      multiple: true,
      helpGroup: 'TARGET',
    }),
    partition: Flags.string({
      description: 'only this one: halves, ring, isolated or one-way (repeatable)',
      multiple: true,
      helpGroup: 'FAULTS',
    }),
    seed: Flags.string({description: 'decides operations and timing', default: 'cap', helpGroup: 'REPRODUCE'}),
    json: Flags.boolean({description: 'as JSON', helpGroup: 'OUTPUT'}),
    html: Flags.string({description: 'write a page to this file, too', helpGroup: 'OUTPUT', helpValue: '<file>'}),
    output: Flags.string({char: 'o', description: 'where directories of real runs are made', helpGroup: 'OUTPUT'}),
    config: configFlags.config,
    ...terminalFlags,
  }

  override async run(): Promise<void> {
    const {argv, flags} = await this.parse(Cap)
    const [{measureAll}, {reporterContext, watchInterrupts}] = await Promise.all([
      import('./measure-all.ts'),
      import('../../output/terminal.ts'),
    ])
    const interrupts = watchInterrupts()
    try {
      const exitCode = await measureAll(argv as string[], flags, reporterContext(flags), interrupts.signal)
      process.exitCode = interrupts.exitCode() ?? exitCode
    } catch (error) {
      const interrupted = interrupts.exitCode()
      if (interrupted === undefined) throw error
      process.exitCode = interrupted
    } finally {
      interrupts.dispose()
    }
  }
}
