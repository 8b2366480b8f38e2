import {Command, Flags} from '@oclif/core'

export default class Init extends Command {
  static override summary = 'Write a configuration, an example target and a nightly workflow to start from.'
  static override flags = {force: Flags.boolean({description: 'overwrite what is there'})}

  override async run(): Promise<void> {
    const {flags} = await this.parse(Init)
    const [{SCAFFOLD}, {existsSync, mkdirSync, writeFileSync}, {dirname}, {UsageError}] = await Promise.all([
      import('./scaffold.ts'),
      import('node:fs'),
      import('node:path'),
      import('../../../core/error.ts'),
    ])
    const present = Object.keys(SCAFFOLD).filter((path) => existsSync(path))
    if (present.length > 0 && !flags.force) {
      throw new UsageError(`Already here: ${present.join(', ')}`, ['Nothing was written. Overwrite with --force.'])
    }
    for (const [path, content] of Object.entries(SCAFFOLD)) {
      mkdirSync(dirname(path), {recursive: true})
      writeFileSync(path, content)
      this.log(`wrote ${path}`)
    }
    this.log('')
    const {programWords} = await import('../../output/program.ts')
    this.log(`Try it: ${programWords()} run mykv`)
  }
}
