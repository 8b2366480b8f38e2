import {Command, Flags} from '@oclif/core'
import {placeFlags} from '../../settings/place-flags.ts'
import {configFlags} from '../../settings/run-flags.ts'

export default class Serve extends Command {
  static override summary = 'Serve an index of runs with filters, trends and reports, to this machine only.'
  static override description =
    'Listens on the loopback interface. Reports that are missing are made when they are asked for.'
  static override examples = ['<%= config.bin %> serve', '<%= config.bin %> serve --port 0 --open']
  static override flags = {
    port: Flags.string({description: 'where to listen; 0 for any free port', default: '8420'}),
    open: Flags.boolean({description: 'open it'}),
    ...placeFlags,
    config: configFlags.config,
  }

  override async run(): Promise<void> {
    const {flags} = await this.parse(Serve)
    const [{startServer}, {runPlaces}, {parsePort}, {openFile}, {watchInterrupts}] = await Promise.all([
      import('./server.ts'),
      import('../../settings/places.ts'),
      import('../../../core/quantities.ts'),
      import('../../output/open.ts'),
      import('../../output/terminal.ts'),
    ])
    const server = await startServer(await runPlaces(flags.runs, flags.config), parsePort('--port', flags.port))
    const interrupts = watchInterrupts()
    this.log(server.url)
    if (flags.open) openFile(server.url)
    await new Promise<void>((resolve) => interrupts.signal.addEventListener('abort', () => resolve(), {once: true}))
    interrupts.dispose()
    await server.close()
  }
}
