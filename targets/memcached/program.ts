/** Some memcached servers as `hosts/program` wants them: a cluster only in the eyes of its clients. */
import {EnvironmentError} from '../../core/error.ts'
import type {StartContext, TargetOptions} from '../../core/target.ts'
import {findProgram} from '../../hosts/local/needs.ts'
import type {ProgramTarget} from '../../hosts/program/cluster.ts'
import {servicesOnFreePorts, upstream} from '../../hosts/program/services.ts'
import {exchange} from '../../net/exchange.ts'
import {MemcachedClient} from './client.ts'
import {settingsOf} from './settings.ts'

const MEMORY_MB = 32
/** The versions that were tried. */
const TRIED = '1.6'

export function memcachedProgram(options: TargetOptions): ProgramTarget {
  const settings = settingsOf(options)
  return {
    name: 'memcached',
    version,
    services: (context) =>
      servicesOnFreePorts(context, async (free) => ({
        client: {by: 'clients', upstream: await free(), probe: {send: 'version\r\n'}},
      })),
    command: ({node, directory, services}) => ({
      command: program(),
      args: [
        ...['-l', '127.0.0.1', '-p', String(upstream(services, node, 'client').port), '-U', '0'],
        ...['-m', String(MEMORY_MB), '-t', '1'],
        // It refuses to be root unless it is told whom to become.
        ...(process.getuid?.() === 0 ? ['-u', 'nobody'] : []),
      ],
      cwd: directory,
    }),
    async status(node, services, limitMs) {
      const answer = await exchange({...upstream(services, node, 'client')}, 'version\r\n', limitMs, (text) =>
        text.endsWith('\r\n'),
      )
      return answer?.startsWith('VERSION') ? {type: 'status', ready: true} : undefined
    },
    async openClient(_node, _process, {links, nodes, context}) {
      const servers = nodes.map((node) => links.address('clients', node, 'client'))
      return new MemcachedClient(servers, settings, context.clock, context.operationTimeoutMs / 2)
    },
  }
}

async function version({place}: StartContext): Promise<string> {
  const {exitCode, stdout, stderr} = await place.execute({command: program(), args: ['-V']}, 10_000)
  const found = /memcached (\d[\w.-]*)/.exec(stdout)?.[1]
  if (exitCode !== 0 || found === undefined) throw new EnvironmentError('memcached does not say its version.', [stderr])
  const [major = 0, minor = 0] = found.split('.').map(Number)
  if (major < 1 || (major === 1 && minor < 5)) {
    throw new EnvironmentError(`memcached ${found} is too old.`, [`Tried: ${TRIED}`])
  }
  return `memcached ${found}`
}

const program = (): string => findProgram('memcached') ?? 'memcached'
