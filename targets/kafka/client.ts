/**
 * A client of Kafka: its operations under each workload, logs by a producer and a consumer (`log.ts`), lists by transactions
 * over one log (`lists.ts`).
 */
import type {Client} from '../../core/client.ts'
import type {Clock} from '../../core/clock.ts'
import {type Addresses, Brokers} from './brokers.ts'
import {Lists} from './lists.ts'
import {Log} from './log.ts'
import type {Settings} from './settings.ts'

/** Functions that it speaks, all workloads together. */
export const FUNCTIONS: readonly string[] = ['send', 'poll', 'assign', 'txn']

export interface ClientOptions {
  readonly addresses: Addresses
  readonly settings: Settings
  readonly clock: Clock
  /** How long an operation may take, all its attempts together, ms. */
  readonly limitMs: number
  /** No other client of the cluster has this name. */
  readonly name: string
  readonly workload: string | undefined
}

export function openClient({addresses, settings, clock, limitMs, name, workload}: ClientOptions): Client {
  const brokers = new Brokers(addresses, settings, clock, limitMs)
  const {operations} =
    workload === 'append'
      ? new Lists(brokers, settings, clock, limitMs, name)
      : new Log(brokers, settings, clock, limitMs)
  return {operations, close: async () => brokers.close()}
}
