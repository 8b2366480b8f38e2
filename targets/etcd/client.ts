/** A client of one node of etcd: its operations under each workload. */
import type {Client} from '../../core/client.ts'
import type {Endpoint} from '../../core/links.ts'
import type {TargetOptions} from '../../core/target.ts'
import {apart} from '../../hosts/program/apart.ts'
import {Gateway} from './gateway.ts'
import {locks} from './locks.ts'
import {registers, sets} from './objects.ts'
import {settingsOf} from './settings.ts'
import {transactions} from './transactions.ts'
import {watches} from './watches.ts'

/** Functions that it speaks, all workloads together. */
export const FUNCTIONS: readonly string[] = [
  ...['read', 'write', 'cas', 'add', 'remove', 'txn'],
  ...['acquire', 'use', 'release', 'send', 'poll'],
]

/** Rejects where the node does not answer within `limitMs`: nothing was asked of it then. `run` keeps its keys apart. */
export async function openClient(
  address: Endpoint,
  limitMs: number,
  options: TargetOptions,
  run?: string,
): Promise<Client> {
  const settings = settingsOf(options)
  const gateway = await Gateway.open(address, limitMs)
  const own = (operations: Client['operations']) => (run === undefined ? operations : apart(operations, `${run}/`))
  if (options.args['workload'] === 'watch') {
    const {operations, close} = watches(gateway, address, settings)
    return {
      operations: own(operations),
      close: async () => {
        close()
        gateway.close()
      },
    }
  }
  return {operations: own(operationsOf(gateway)), close: async () => gateway.close()}

  function operationsOf(gateway: Gateway): Client['operations'] {
    switch (options.args['workload']) {
      case 'set':
        return sets(gateway, settings)
      case 'append':
        return transactions(gateway, settings, 'lists')
      case 'rw-register':
        return transactions(gateway, settings, 'registers')
      case 'lock':
        return locks(gateway, settings)
      default:
        return registers(gateway, settings)
    }
  }
}
