/** Where RabbitMQ is on this machine, and which version it is. */
import {existsSync, realpathSync} from 'node:fs'
import {EnvironmentError} from '../../core/error.ts'
import {findProgram, missing} from '../../hosts/local/needs.ts'

/** Where Debian has it: what its PATH leads to is a wrapper that knows one node a machine. An unpacked one on PATH goes first. */
const DEBIAN = '/usr/lib/rabbitmq/bin/rabbitmq-server'
/** The versions that were tried. */
const TRIED = '3.10'

const FOLDER = /rabbitmq_server-(\d[\w.-]*)\//

export function serverScript(): string {
  const onPath = findProgram('rabbitmq-server')
  if (onPath !== undefined && FOLDER.test(realpathSync(onPath))) return onPath
  return existsSync(DEBIAN) ? DEBIAN : (onPath ?? 'rabbitmq-server')
}

/** What is missing to start it, in words. */
export function absent(): string | undefined {
  const debian = 'rabbitmq-server'
  return missing(
    ['rabbitmq-server', 'epmd', 'erl_call'].map((program) => ({program, debian})),
    [{library: 'amqplib', version: '^2.3.1'}],
  )
}

/** It is installed in a folder that is named after its version; asking it takes more than a second. */
export async function version(): Promise<string> {
  const script = realpathSync(serverScript())
  const found = FOLDER.exec(script)?.[1]
  if (found === undefined) {
    throw new EnvironmentError('RabbitMQ does not say its version.', [
      `Expected a folder rabbitmq_server-VERSION in: ${script}`,
    ])
  }
  const [major = 0, minor = 0] = found.split('.').map(Number)
  if (major < 3 || (major === 3 && minor < 8)) {
    throw new EnvironmentError(`RabbitMQ ${found} is too old: it has no quorum queues.`, [`Tried: ${TRIED}`])
  }
  return `rabbitmq ${found}`
}
