/** What can be done to any cluster of programs: to its processes, and to its links. */
import {type Capabilities, LOCAL_PROCESSES, noDiskFaults, PROXIED_NETWORK} from '../../core/capabilities.ts'
import {canMountVolumes, canSlowSyncs} from '../volumes/support.ts'

/** A target says beside it who leads, whether members come and go, and what became of clocks. */
export const PROGRAM: Capabilities = {
  ...LOCAL_PROCESSES,
  ...PROXIED_NETWORK,
  ...noDiskFaults('what it keeps when the power fails was not tried yet'),
}

/** What can be done to the disks of programs whose nodes are given volumes of their own (`disks.ts`). */
export function volumeFaults(noPowerCut?: string): Capabilities {
  const volumes = canMountVolumes()
  return {
    'disk.full': volumes,
    'disk.power-cut': noPowerCut ?? volumes,
    'disk.slow': canSlowSyncs(),
    'disk.torn-write': 'nobody tells us when a program is in the midst of a write',
    'disk.bit-flip': 'it does not promise to notice damage in everything that it stores',
  }
}
