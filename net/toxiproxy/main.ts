/**
 * The embedded server as a process of its own, so that the harness's event loop neither delays nor is delayed. Started by
 * `launch.ts`. Says on stdout, in one JSON line, where it listens; ends when stdin closes, so that it outlives nobody,
 * not even a parent killed by SIGKILL.
 */
import {parseArgs} from 'node:util'
import {messageOf} from '../../core/error.ts'
import {defaultLanes, startToxiproxy} from './server/server.ts'

const {values} = parseArgs({
  options: {
    host: {type: 'string', default: '127.0.0.1'},
    port: {type: 'string', default: '0'},
    seed: {type: 'string', default: '0'},
    lanes: {type: 'string', default: String(defaultLanes())},
    strict: {type: 'boolean', default: false},
    'proxy-metrics': {type: 'boolean', default: false},
    'runtime-metrics': {type: 'boolean', default: false},
  },
})

try {
  const server = await startToxiproxy({
    host: values.host,
    port: Number(values.port),
    seed: values.seed,
    lanes: Number(values.lanes),
    strict: values.strict,
    proxyMetrics: values['proxy-metrics'],
    runtimeMetrics: values['runtime-metrics'],
  })
  process.stdout.write(`${JSON.stringify({url: server.url, port: server.port, pid: process.pid})}\n`)
  const end = () => {
    void server.close().finally(() => process.exit(0))
  }
  process.stdin.on('end', end).on('error', end).resume()
  process.on('SIGTERM', end)
} catch (error) {
  process.stderr.write(`${messageOf(error)}\n`)
  process.exit(4)
}
