import {Args, Command, Flags} from '@oclif/core'
import {terminalFlags} from '../../settings/run-flags.ts'

export default class CampaignMerge extends Command {
  static override summary = 'Put the parts of a campaign (--shard) together: one index, one report, one exit code.'
  static override examples = ['<%= config.bin %> campaign merge part-1 part-2 part-3 -o whole']
  static override strict = false
  static override args = {part: Args.string({description: 'directories of campaigns', required: true})}
  static override flags = {
    output: Flags.string({char: 'o', description: 'the directory of the whole', required: true, helpGroup: 'OUTPUT'}),
    junit: Flags.string({description: 'write JUnit XML to this file', helpGroup: 'OUTPUT'}),
    json: Flags.boolean({description: 'one JSON document on standard output', helpGroup: 'OUTPUT'}),
    ...terminalFlags,
  }

  override async run(): Promise<void> {
    const {argv, flags} = await this.parse(CampaignMerge)
    const [{mergeCampaigns}, {conclude}, {reporterContext}] = await Promise.all([
      import('../../../runner/campaign/queue/merge.ts'),
      import('./conduct.ts'),
      import('../../output/terminal.ts'),
    ])
    const ledger = mergeCampaigns(argv as string[], flags.output)
    process.exitCode = conclude(ledger, {junitFile: flags.junit, json: flags.json}, reporterContext(flags))
  }
}
