/** What coordinator and participant of one node share. */
import type {Env, NodeId} from '../../core/node.ts'
import type {TargetOptions} from '../../core/target.ts'
import {settingsFrom} from '../state-machine/settings.ts'
import type {BugName} from './bugs.ts'
import type {CommitMessage} from './messages.ts'
import {type Mode, modeOf, SETTINGS, type Settings} from './settings.ts'

export class Site {
  readonly env: Env
  readonly settings: Settings
  readonly mode: Mode
  /** How often this node has booted: names of transactions must not come twice. */
  readonly boots: number
  /** Sends to any node, this one included. */
  readonly send: (to: NodeId, message: CommitMessage) => void
  readonly #bugs: readonly string[]

  constructor(env: Env, {bugs, args}: TargetOptions, send: (to: NodeId, message: CommitMessage) => void) {
    this.env = env
    this.#bugs = bugs
    this.settings = settingsFrom(SETTINGS, args)
    this.mode = modeOf(args)
    this.send = send
    env.disk.append('boots', '')
    env.disk.sync('boots')
    this.boots = env.disk.read('boots').length
  }

  /** Whether a named bug is switched on; see `bugs.ts`. */
  has(bug: BugName): boolean {
    return this.#bugs.includes(bug)
  }
}
