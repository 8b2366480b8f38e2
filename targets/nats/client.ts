/** A client of one server of NATS: its operations under each workload. */
import type {Client} from '../../core/client.ts'
import type {Endpoint} from '../../core/links.ts'
import type {TargetOptions} from '../../core/target.ts'
import {Connection} from './connection.ts'
import {log} from './log.ts'
import {registers, sets} from './objects.ts'
import {type Consumers, queue} from './queue.ts'
import {settingsOf} from './settings.ts'

/** Functions that it speaks, all workloads together. */
export const FUNCTIONS: readonly string[] = [
  ...['read', 'write', 'cas', 'add'],
  ...['send', 'assign', 'poll', 'enqueue', 'dequeue'],
]

/** Rejects where the server does not answer within `limitMs`: nothing was asked of it then. */
export async function openClient(
  address: Endpoint,
  options: TargetOptions,
  limitMs: number,
  consumers: Consumers,
): Promise<Client> {
  const connection = new Connection(address, limitMs)
  await connection.connect()
  return {operations: operations(), close: async () => connection.close()}

  function operations(): Client['operations'] {
    const settings = settingsOf(options)
    switch (options.args['workload']) {
      case 'set':
        return sets(connection)
      case 'log':
        return log(connection, settings)
      case 'queue':
        return queue(connection, settings, consumers)
      default:
        return registers(connection, settings)
    }
  }
}
