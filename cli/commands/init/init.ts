import {Command, Flags} from '@oclif/core'

export default class Init extends Command {
  static override summary = 'Write a configuration, an example target and a nightly workflow to start from.'
  static override examples = ['<%= config.bin %> init', '<%= config.bin %> init --campaign kubernetes --shards 20']
  static override flags = {
    campaign: Flags.string({
      description: 'write only what a campaign in parts needs, on GitHub as a matrix, on Kubernetes as an Indexed Job',
      options: ['github', 'kubernetes'],
    }),
    shards: Flags.string({description: 'how many parts [default: 5]', dependsOn: ['campaign']}),
    force: Flags.boolean({description: 'overwrite what is there'}),
  }

  override async run(): Promise<void> {
    const {flags} = await this.parse(Init)
    const [{SCAFFOLD}, {campaignFiles, SHARDS}, {existsSync, mkdirSync, writeFileSync}, {dirname}, {UsageError}] =
      await Promise.all([
        import('./scaffold.ts'),
        import('./campaign-files.ts'),
        import('node:fs'),
        import('node:path'),
        import('../../../core/error.ts'),
      ])
    const {parseCount} = await import('../../../core/quantities.ts')
    const shards = flags.shards === undefined ? SHARDS : parseCount('--shards', flags.shards)
    const files =
      flags.campaign === undefined ? SCAFFOLD : campaignFiles(flags.campaign as 'github' | 'kubernetes', shards)
    const present = Object.keys(files).filter((path) => existsSync(path))
    if (present.length > 0 && !flags.force) {
      throw new UsageError(`Already here: ${present.join(', ')}`, ['Nothing was written. Overwrite with --force.'])
    }
    for (const [path, content] of Object.entries(files)) {
      mkdirSync(dirname(path), {recursive: true})
      writeFileSync(path, content)
      this.log(`wrote ${path}`)
    }
    this.log('')
    const {programWords} = await import('../../output/program.ts')
    const words = programWords()
    if (flags.campaign === undefined) this.log(`Try it: ${words} run mykv`)
    else this.log(`Try a part of it here: ${words} campaign --seeds 1 --seed 1 --shard 1/${shards}`)
  }
}
