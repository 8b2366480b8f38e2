import type {TargetOptions} from '../../../core/target.ts'
import {beyond, repeated} from '../../state-machine/limits.ts'
import {settingsFrom} from '../../state-machine/settings.ts'

/** Numbers that may be changed with `--target-arg name=value`: the parameters of the SWIM paper, section 3.1 and 4.2. */
export const SETTINGS = {
  /** The protocol period T′, in which one member is probed, ms. */
  probeMs: 200,
  /** A ping that is not acknowledged for so long is repeated through others, ms. */
  ackMs: 60,
  /** k: through so many others. */
  indirect: 3,
  /** A suspect that does not take it back for so long is dead, ms. */
  suspectMs: 1500,
}

/** Protocol periods that a suspect needs at least: to hear of it and to be heard, each by way of others. */
const PERIODS = 5

/**
 * A suspect that is given less than five periods to take it back is taken for dead now and then behind a bridge, by no fault of
 * the protocol: 4 of 40 simulated runs with `suspectMs=500`, none of 40 with 1000.
 */
export function unfit({args}: TargetOptions): string | undefined {
  const {probeMs, suspectMs} = settingsFrom(SETTINGS, args)
  if (suspectMs >= PERIODS * probeMs) return beyond({probeMs}, [repeated('probeMs')])
  return `suspectMs=${suspectMs} has to be at least ${PERIODS} times probeMs=${probeMs}, so that a suspect can take it back`
}

export type Settings = typeof SETTINGS
