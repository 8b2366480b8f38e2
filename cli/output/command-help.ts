/**
 * `chaos COMMAND --help`: oclif's help, in the order in which flags are thought of, and short. Flags that few need are shown
 * with `--all`; a command names them in `moreFlags`.
 */
import {type Command, CommandHelp, Help} from '@oclif/core'
import {COMMANDS} from '../commands/index.ts'
import {brokenLine, columnsOf} from './columns.ts'

const GROUPS = ['TARGET', 'FAULTS', 'WORKLOAD', 'CHECK', 'CAMPAIGN', 'OUTPUT', 'CI', 'CONFIG', 'REPRODUCE']

/** A command that keeps its help short. */
interface Brief {
  /** Names of flags that are shown only with `--all`. */
  readonly moreFlags?: readonly string[]
}

type Flag = Command.Flag.Any
type Groups = ReturnType<CommandHelp['groupFlags']>

class BriefCommandHelp extends CommandHelp {
  get #hidden(): readonly string[] {
    if (process.argv.includes('--all')) return []
    return (COMMANDS[this.command.id] as (Command.Class & Brief) | undefined)?.moreFlags ?? []
  }

  protected override groupFlags(flags: Flag[]): Groups {
    const hidden = this.#hidden
    const {flagGroups, mainFlags} = super.groupFlags(flags.filter(({name}) => !hidden.includes(name)))
    const rank = (group: string) => (GROUPS.includes(group) ? GROUPS.indexOf(group) : GROUPS.length)
    const ordered = Object.keys(flagGroups).sort((left, right) => rank(left) - rank(right))
    return {mainFlags, flagGroups: Object.fromEntries(ordered.map((group) => [group, flagGroups[group] as Flag[]]))}
  }

  override generate(): string {
    const count = this.#hidden.length
    const rest = count === 0 ? '' : `\n\n${count} more flags: chaos ${this.command.id} --help --all`
    const columns = columnsOf(process.stdout)
    const lines = super.generate().split('\n')
    return `${lines.flatMap((line) => (/^ *\$ /.test(line) ? brokenLine(line, columns) : [line])).join('\n')}${rest}`
  }

  protected override usage(): string {
    const args = Object.values(this.command.args ?? {}).map(({name, required}) => {
      const word = name.toUpperCase()
      return required === true ? word : `[${word}]`
    })
    return `$ ${this.config.bin} ${[this.command.id, ...args, '[FLAGS]'].join(' ')}`
  }

  /** The summary already stands above. */
  protected override description(): string | undefined {
    const {description} = this.command
    return description === undefined ? undefined : this.wrap(this.render(description))
  }
}

export default class BriefHelp extends Help {
  protected override CommandHelpClass = BriefCommandHelp

  /** The first line, which oclif would let run on beyond the terminal. */
  protected override summary(command: Command.Loadable): string | undefined {
    const line = super.summary(command)
    return line === undefined ? undefined : this.wrap(line)
  }
}
