/** Faults for long series of real runs: those that each target can suffer and that can be proved on a machine that is busy. */
import {can} from '../core/capabilities.ts'
import type {Target} from '../core/target.ts'

export interface LightFaults {
  /** Disks of nodes too, where the machine lets us. */
  readonly disks: boolean
}

export function lightFaults(target: Target, {disks}: LightFaults): string {
  const capabilities = target.capabilities({nodes: ['n1', 'n2', 'n3'], bugs: [], args: {}})
  const faults = ['kill', 'pause']
  // Servers that do not talk to each other have no link to cut.
  if (can(capabilities, 'network.black-hole')) faults.unshift('partition')
  if (disks && can(capabilities, 'disk.power-cut')) faults.unshift('disk')
  return faults.join(',')
}
