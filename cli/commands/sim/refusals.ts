/**
 * What `chaos sim` cannot do, said before any thread begins: an error of a thread would be called a bug of ours, since only its
 * message comes back.
 */
import {refuseImpossible} from '../../../core/capabilities.ts'
import {UsageError} from '../../../core/error.ts'
import {everyFault} from '../../../nemesis/index.ts'
import {type RunOptions, targetOptions} from '../../../runner/options.ts'
import {simulatedCapabilities} from '../../../sim/cluster.ts'
import {BUNDLED} from '../../../targets/index.ts'
import {programWords} from '../../output/program.ts'

/** Throws UsageError for a target that is a real program, and for faults that the target cannot suffer. */
export function refuseImpossibleSearch(options: RunOptions): void {
  const {name, protocol} = options.target
  if (protocol === undefined) {
    throw new UsageError(`${name} cannot be simulated: it is a real program, and the simulator runs protocol code.`, [
      `Simulated: ${Object.keys(BUNDLED).join(', ')}`,
      `Real runs: ${programWords()} run ${name}`,
    ])
  }
  refuseImpossible(name, simulatedCapabilities(protocol, targetOptions(options)), options.nemeses, everyFault())
}
