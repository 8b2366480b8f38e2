/** The state of a broker, and what several of its parts do. */
import type {Env, Message, NodeId} from '../../core/node.ts'
import type {TargetOptions} from '../../core/target.ts'
import {settingsFrom} from '../state-machine/settings.ts'
import type {BugName} from './bugs.ts'
import type {BrokerMessage} from './messages.ts'
import {type Metadata, NO_METADATA, type Partition} from './metadata.ts'
import {SETTINGS, type Settings} from './settings.ts'

export class Broker {
  readonly env: Env
  readonly settings: Settings
  /** How often this broker has booted. */
  readonly boots: number
  metadata: Metadata = NO_METADATA
  readonly #bugs: readonly string[]

  constructor(env: Env, {bugs, args}: TargetOptions) {
    this.env = env
    this.#bugs = bugs
    this.settings = settingsFrom(SETTINGS, args)
    env.disk.append('boots', '')
    env.disk.sync('boots')
    this.boots = env.disk.read('boots').length
  }

  /** Whether a named bug is switched on; see `bugs.ts`. */
  has(bug: BugName): boolean {
    return this.#bugs.includes(bug)
  }

  partition(key: string): Partition | undefined {
    return this.metadata.partitions[key]
  }

  send(to: NodeId, message: BrokerMessage): void {
    this.env.send(to, message as Message)
  }
}
