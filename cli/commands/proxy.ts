import {Command, Flags} from '@oclif/core'

export default class ProxyServer extends Command {
  static override summary = 'A drop-in toxiproxy-server: the one that runs embed, alone.'
  static override description =
    'Speaks the Toxiproxy HTTP API and takes the flags of toxiproxy-server, with one dash or two. Unlike the real one its toxicity is seeded, it stays on the loopback interface unless told otherwise, and it checks every attribute when it arrives. With --strict it passes on how connections end as it is (half-close, FIN, reset), resets what it tears apart, and applies toxics given with a new proxy.'
  static override examples = [
    '<%= config.bin %> proxy -port 8474',
    '<%= config.bin %> proxy -strict',
    '<%= config.bin %> proxy -config proxies.json -seed 42 -proxy-metrics',
  ]
  static override flags = {
    host: Flags.string({description: 'where the API listens', default: 'localhost'}),
    port: Flags.string({description: 'its port; 0 for any', default: '8474'}),
    config: Flags.string({description: 'a JSON file of proxies to begin with'}),
    seed: Flags.string({description: 'decides which connections toxics hit', default: '0'}),
    strict: Flags.boolean({
      aliases: ['strict-tcp'],
      description: 'tell FIN from reset and pass both on, keep half-closed connections, reset what is torn apart',
    }),
    'proxy-metrics': Flags.boolean({description: 'bytes per proxy on /metrics'}),
    'runtime-metrics': Flags.boolean({description: 'figures of the process on /metrics'}),
    'allow-remote': Flags.boolean({description: 'let the API and proxies listen beyond the loopback interface'}),
  }

  override async run(): Promise<void> {
    const {flags} = await this.parse(ProxyServer)
    const [{defaultLanes, startToxiproxy}, {parsePort}] = await Promise.all([
      import('../../net/toxiproxy/server/server.ts'),
      import('../../core/quantities.ts'),
    ])
    const server = await startToxiproxy({
      host: flags.host,
      port: parsePort('-port', flags.port),
      seed: flags.seed,
      strict: flags.strict,
      proxyMetrics: flags['proxy-metrics'],
      runtimeMetrics: flags['runtime-metrics'],
      allowRemote: flags['allow-remote'],
      lanes: defaultLanes(),
      ...(flags.config === undefined ? {} : {config: flags.config}),
    })
    process.stderr.write(`Toxiproxy API on ${server.url}\n`)
    await new Promise<void>((resolve) => {
      for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => resolve())
    })
    await server.close()
  }
}
