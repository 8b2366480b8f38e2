/**
 * The simulator: simulated seconds per second of processor time, for bundled targets with all faults at 200 operations a
 * second, beside another build in the same run; events a second of the bare world; and memory over many seeds.
 *
 *     npm run build && node --import tsx bench/sim.ts [another build's dist folder] [seconds each] [seeds for memory]
 *
 * Every figure is of one process of its own, the two builds take turns, and a ratio is the median of the rounds: the
 * machine may be busy with something else, but then it is so for both.
 *
 * What it costs, and where the floor is. A simulated second of a five-node Raft with all faults at 200 operations a second
 * is some 1 700 events: 480 AppendEntries, 420 answers to them, 200 requests, 190 answers to clients, 100 messages about
 * reads, 140 ends of a batch, and the elections and probes that faults bring. Of the processor time (November 2026, Node 20):
 *
 *     protocol code: nodes, state machine, sessions   29 %     plan, scheduler, generators   11 %
 *     the simulated network                            8 %     driver and recording           8 %
 *     machines, timers, disks, clients, queue         10 %     faults and their proofs       10 %
 *     the garbage collector                           14 %     promises, and the rest        10 %
 *
 * No function has more than 4 % of its own. Against the build of commit 0809371, side by side on a busy machine, Raft does 2.1
 * times the simulated seconds, Paxos 2.0, gossip 1.5. Wanted were 15, 10 and 10; were everything but the protocol code
 * free, it would be 7 for Raft, and less for gossip, whose merging of replicas is 40 %. More than that takes fewer messages,
 * that is, another protocol.
 */
import {spawnSync} from 'node:child_process'
import {existsSync} from 'node:fs'
import {fileURLToPath} from 'node:url'

const BUILD = fileURLToPath(new URL('../dist', import.meta.url))
const SCRIPT = fileURLToPath(new URL('./sim/measure.mjs', import.meta.url))
const ROUNDS = 3
const [other, seconds = '5', seeds = '2000'] = process.argv.slice(2)

interface Measured {
  /** Simulated seconds per second of processor time. */
  readonly ratio?: number
  readonly eventsPerS?: number
  readonly heapMB?: readonly number[]
}

function measure(build: string, what: string, amount: string): Measured {
  if (!existsSync(build)) throw new Error(`there is no build at ${build}: npm run build`)
  const {status, stdout, stderr} = spawnSync(process.execPath, ['--expose-gc', SCRIPT, build, what, amount], {
    encoding: 'utf8',
  })
  if (status !== 0) throw new Error(`measuring ${what} of ${build} ended with ${status}: ${stderr}`)
  return JSON.parse(stdout) as Measured
}

function median(numbers: readonly number[]): number {
  return numbers.toSorted((left, right) => left - right)[Math.floor(numbers.length / 2)] as number
}

const whole = (number: number) => Math.round(number).toLocaleString('en')

for (const target of ['raft', 'paxos', 'gossip']) {
  const rounds = Array.from({length: ROUNDS}, () => ({
    theirs: other === undefined ? undefined : measure(other, target, seconds),
    ours: measure(BUILD, target, seconds),
  }))
  const ours = median(rounds.map((round) => round.ours.ratio!))
  const events = median(rounds.map((round) => round.ours.eventsPerS!))
  const beside =
    other === undefined
      ? ''
      : `, ${median(rounds.map((round) => round.ours.ratio! / round.theirs!.ratio!)).toFixed(1)} times the other build (${whole(median(rounds.map((round) => round.theirs!.ratio!)))}), ${median(rounds.map((round) => round.ours.eventsPerS! / round.theirs!.eventsPerS!)).toFixed(1)} times its events`
  console.log(`${target.padEnd(8)} ${whole(ours)} simulated s per processor s, ${whole(events)} events/s${beside}`)
}
const bare = Array.from({length: ROUNDS}, () => measure(BUILD, 'bare', seconds).eventsPerS!)
console.log(`bare     ${whole(median(bare))} events/s (wanted: 1 000 000)`)
console.log(`memory   heap over ${seeds} seeds, MB: ${measure(BUILD, 'memory', seeds).heapMB!.join(' ')}`)
