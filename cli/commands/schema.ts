import {Command, Flags} from '@oclif/core'

export default class Schema extends Command {
  static override summary = 'Print the JSON Schema of chaos.config.json, for editors.'
  static override description =
    'In JSON a target is a module path: a client is a function, which JSON cannot hold. Name the printed file in "$schema".'
  static override examples = [
    '<%= config.bin %> schema > chaos.schema.json',
    '<%= config.bin %> schema -o chaos.schema.json',
  ]
  static override flags = {
    output: Flags.string({char: 'o', description: 'the file to write [default: standard output]'}),
  }

  override async run(): Promise<void> {
    const {flags} = await this.parse(Schema)
    const [{configJsonSchema}, {writeWhole}] = await Promise.all([
      import('../settings/config-schema.ts'),
      import('../../runner/store.ts'),
    ])
    const text = `${JSON.stringify(configJsonSchema(), null, 2)}\n`
    if (flags.output === undefined) process.stdout.write(text)
    else writeWhole(flags.output, text)
  }
}
