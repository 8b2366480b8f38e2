/** Numbers of the registry's own that may be changed with `--target-arg name=value`; those of Raft can be as well. */
export const SETTINGS = {
  /** How often a leader looks at the leases, ms. */
  leaseTickMs: 40,
  /** What a leader waits on top of a lease before it takes the lock away, ms: for its clock may run faster than the holder's. */
  leaseMarginMs: 40,
}
