/** Numbers that may be changed with `--target-arg name=value`. */
export const SETTINGS = {
  /** How long requests are gathered before they are synced together, ms (group commit). */
  batchMs: 1,
  /** Records in the write-ahead log that lead to a checkpoint. */
  checkpointRecords: 1000,
  /** Client sessions that are remembered. */
  sessions: 4096,
}
