/** What can be done to any cluster of programs: to its processes, and to its links. */
import {type Capabilities, LOCAL_PROCESSES, noDiskFaults, PROXIED_NETWORK} from '../../core/capabilities.ts'

/** A target says beside it who leads, whether members come and go, and what became of clocks. */
export const PROGRAM: Capabilities = {
  ...LOCAL_PROCESSES,
  ...PROXIED_NETWORK,
  // That would take a volume of its own for each node, which is not offered yet.
  ...noDiskFaults('its disk is a directory of this machine, not a volume of its own'),
}
