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

export type Settings = typeof SETTINGS
