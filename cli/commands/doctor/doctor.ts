import {Command, Flags} from '@oclif/core'
import {EXIT} from '../../../core/error.ts'
import {terminalFlags} from '../../settings/run-flags.ts'

export default class Doctor extends Command {
  static override summary = 'Check whether this machine can do what runs need, and say how to mend what cannot.'
  static override flags = {json: Flags.boolean({description: 'as JSON'}), ...terminalFlags}

  override async run(): Promise<void> {
    const {flags} = await this.parse(Doctor)
    const [{diagnostics}, {reporterContext}] = await Promise.all([
      import('./diagnostics.ts'),
      import('../../output/terminal.ts'),
    ])
    const {style} = reporterContext(flags)
    const findings = await diagnostics()
    if (flags.json) this.log(JSON.stringify(findings, null, 2))
    else {
      for (const {name, state, found, fix} of findings) {
        const mark = state === 'good' ? style.good('✔') : state === 'bad' ? style.bad('✘') : style.warn('–')
        this.log(`${mark} ${name.padEnd(22)}${found}`)
        if (fix !== undefined) this.log(`  ${style.dim(`fix: ${fix}`)}`)
      }
    }
    process.exitCode = findings.some(({state}) => state === 'bad') ? EXIT.environment : EXIT.pass
  }
}
