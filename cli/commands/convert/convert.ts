import {Args, Command, Flags} from '@oclif/core'
import {showCount} from '../../../core/quantities.ts'
import {placeFlags} from '../../settings/place-flags.ts'

export default class Convert extends Command {
  static override summary = 'Write a history in another format.'
  static override description =
    'Reads a history in any known format (told by its content) and writes it as JSON Lines, Jepsen EDN or elle-cli JSON (told by the extension; zipped where it ends in .gz). It streams: a history of any size needs little memory.'
  static override examples = [
    '<%= config.bin %> convert latest history.edn',
    '<%= config.bin %> convert history.edn history.jsonl',
    'cat history.edn | <%= config.bin %> convert - - --to jsonl',
    '<%= config.bin %> convert latest history.edn --keys lower',
  ]
  static override args = {
    in: Args.string({
      description: 'a file, a run directory or its name, latest, or - for standard input',
      required: true,
    }),
    out: Args.string({description: 'a file, or - for standard output', required: true}),
  }
  static override flags = {
    ...placeFlags,
    from: Flags.string({description: 'format of the input [default: told by the content]'}),
    to: Flags.string({description: 'format of the output: jsonl, json or edn [default: told by the extension]'}),
    keys: Flags.string({
      description:
        "as they are; lift: a key out of each [key value] pair, Jepsen's independent objects; lower: back into the pair",
      options: ['keep', 'lift', 'lower'],
      default: 'keep',
    }),
  }

  override async run(): Promise<void> {
    const {args, flags} = await this.parse(Convert)
    const [{convertHistory}, {placeNames}] = await Promise.all([
      import('./convert-history.ts'),
      import('../../settings/places.ts'),
    ])
    const [input = args.in] = await placeNames([args.in], flags.runs)
    const {operations, left} = await convertHistory({
      input,
      output: args.out,
      keys: flags.keys as 'keep',
      ...(flags.from === undefined ? {} : {from: flags.from}),
      ...(flags.to === undefined ? {} : {to: flags.to}),
    })
    for (const note of left) process.stderr.write(` ›  ${note}\n`)
    if (args.out !== '-') this.log(`${showCount(operations)} ops written to ${args.out}`)
  }
}
