/** What each design says of itself under partition, and what the measured card shows beyond that. For docs/cap.md. */

export interface Design {
  /** As `chaos cap` takes it. */
  readonly name: string
  /** What the design gives up, in the words of those who made it or of the textbooks. */
  readonly design: string
  /** What the card must come to. */
  readonly cap: 'CP' | 'AP' | 'CP, reads stale'
  /** Where the card differs from the plain word, and why. */
  readonly remark?: string
}

export const DESIGNS: readonly Design[] = [
  {
    name: 'raft',
    design: 'CP',
    cap: 'CP',
    remark:
      'A majority goes on; on the other side reads wait as well, since ReadIndex asks a quorum. In the ring everybody hears a majority, yet nodes that do not hear the leader serve nothing: a majority that exists is not enough, one must hear who leads.',
  },
  {
    name: 'paxos',
    design: 'CP',
    cap: 'CP',
  },
  {
    name: 'zab',
    design: 'CP, reads stay up and are stale',
    cap: 'CP, reads stale',
    remark:
      'Reads are local: they stay up on both sides, as old as the partition where no majority is. All writes keep one order, so they are sequentially consistent.',
  },
  {
    name: 'zab:reads=sync',
    design: 'CP',
    cap: 'CP',
    remark: 'With a sync before every read, reads are linearizable, and stop with the writes.',
  },
  {
    name: 'kv',
    design: 'not distributed',
    cap: 'CP',
    remark:
      'One node serves and the others send their clients to it, so only those who reach that node are served, on whichever side it is. CP is what remains of a single copy: nothing is ever answered that is not so, and there is no failover.',
  },
  {
    name: 'primary-backup',
    design: 'by mode; sync: CP',
    cap: 'CP',
    remark:
      'Its primary waits for the next heartbeats before it answers a read: the read latency is that of half a heartbeat (40 ms), not of the distance. It has no pre-vote: in the ring primaries follow each other, and fewer nodes are served than with raft.',
  },
  {
    name: 'primary-backup:mode=async',
    design: 'by mode; async: loses acknowledged writes on failover',
    cap: 'AP',
    remark:
      'A primary that is cut off does not know that it has been replaced, and goes on acknowledging; what it acknowledged is gone when it comes back. It is available in the sense of the theorem and of no use: the column "lost" says why. In the ring, and where the primary hears nobody, backups that cannot reach it serve nothing.',
  },
  {
    name: 'dynamo',
    design: 'AP, tunable',
    cap: 'AP',
    remark:
      'N = 3, R = W = 2 with sloppy quorums: two nodes that hear each other are enough for every key, one alone is not. "Always writeable" holds down to W nodes; with R = W = 1 (next card) it holds for a single one. Reads that follow a healing may come from stand-ins that have nothing: they are as old as the key.',
  },
  {
    name: 'dynamo:r=1,w=1',
    design: 'AP, tunable',
    cap: 'AP',
  },
  {
    name: 'gossip',
    design: 'AP',
    cap: 'AP',
    remark: 'Nothing waits for anybody. Registers converge to the last writer; sets and counters lose nothing.',
  },
]
