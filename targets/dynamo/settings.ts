/** Numbers that may be changed with `--target-arg name=value`. N, R and W are section 4.5 of the paper. */
export const SETTINGS = {
  /** Nodes that keep each key. */
  n: 3,
  /** Answers that a read waits for. */
  r: 2,
  /** Copies that a write waits for. */
  w: 2,
  /** Points of each node on the ring. */
  virtualNodes: 32,
  /** An owner that has not answered for so long is stood in for, ms. */
  hedgeMs: 60,
  /** When a request that has not found enough nodes is given up, ms. */
  giveUpMs: 700,
  /** Time between two rounds of anti-entropy and handoff, ms. */
  syncMs: 150,
  /** 0 counts owners only: strict quorums, as the `staleness` workload needs them. */
  sloppy: 1,
  /** The last node joins the ring so long after it has first started, ms; 0 has it in from the start. */
  joinMs: 0,
}

export type Settings = typeof SETTINGS
