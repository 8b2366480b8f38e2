/** Every bundled target, by name. */
import type {Target} from '../core/target.ts'
import {gossip} from './gossip/index.ts'
import {hosted} from './host/index.ts'

export const TARGETS: Readonly<Record<string, Target>> = {
  gossip: hosted(gossip, 'targets/gossip/index.js'),
}

export {commandTarget} from './command/index.ts'
