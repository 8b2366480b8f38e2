/** A client of one server of ZooKeeper: its operations under each workload. */
import type {Client} from '../../core/client.ts'
import type {TargetOptions} from '../../core/target.ts'
import {apart} from '../../hosts/program/apart.ts'
import {Connection, type ConnectionOptions} from './connection.ts'
import {locks} from './locks.ts'
import {registers, sets} from './objects.ts'
import {settingsOf} from './settings.ts'
import {Watches} from './watches.ts'

/** Functions that it speaks, all workloads together. */
export const FUNCTIONS: readonly string[] = [
  ...['read', 'write', 'cas', 'add', 'remove'],
  ...['acquire', 'use', 'release', 'send', 'poll'],
]

/** Rejects where no session can be had: nothing was asked of the server then. `run` keeps its keys apart. */
export async function openClient(
  options: TargetOptions,
  where: Pick<ConnectionOptions, 'address' | 'clock' | 'limitMs'>,
  run?: string,
): Promise<Client> {
  const settings = settingsOf(options)
  const watches = new Watches(() => connection, settings)
  const connection = new Connection({...where, settings, onWatched: (path) => watches.fired(path)})
  try {
    await connection.connect()
  } catch (error) {
    connection.close()
    throw error
  }
  const close = async () => connection.close()
  const own = (operations: Client['operations']) => (run === undefined ? operations : apart(operations, `${run}-`))
  switch (options.args['workload']) {
    case 'set':
      return {operations: own(sets(connection)), close}
    case 'lock': {
      const held = locks(connection, settings)
      return {
        operations: own(held.operations),
        close: async () => {
          held.close()
          connection.close()
        },
      }
    }
    case 'watch':
      return {operations: own(watches.operations), close}
    default:
      return {operations: own(registers(connection)), close}
  }
}
