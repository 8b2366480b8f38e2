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
 * is 1 650 events: 504 AppendEntries and 441 answers to them, 210 requests, 191 answers to clients, 148 ends of a batch, 99
 * messages about reads, 36 of elections, 9 heartbeats, 22 questions for a status, 14 wake-ups of faults. Without faults it is 2 700.
 * Of the processor time, of a process that has run for a while (November 2026, Node 20, samples by their innermost owner):
 *
 *     protocol code: nodes, handlers, client sessions 22 %     driver, scheduler, replay of the plan   9 %
 *     state machine, its sessions and digest           7 %     machines, queue, timers, disks, clients 10 %
 *     faults, their probes and proofs                 14 %     the simulated network                   8 %
 *     the garbage collector                           13 %     drawing the plan                        7 %
 *
 * and some 8 % are V8's compiler. Nearly all of what is ours runs optimised, and no function has more than 5 %. The first second of a
 * process does a tenth of what it does after five, so short measurements say little. Against the build of commit 0809371, in alternate
 * turns on a machine with a load of 10 to 20 (29 November 2026, processor time, three rounds): Raft 3.3, 2.5 and 2.1 times, the median
 * 269 against 106 simulated seconds per processor second; Paxos 2.6, 2.6, 3.0 (332 to 126); gossip 1.95, 1.98, 1.6 (164 to 99). The build
 * of that morning had medians of 223, 345 and 165 in the same turns. Wanted were 15 and 10.
 *
 * By layers (ms of processor time for one seed of Raft, 10 s of clients, 11.3 simulated s in all; 32 ms before, of which drawing the plan is now less):
 *
 *     drawing the plan: 2 000 operations, drawn twice each, and the faults         2.8, now 1.6
 *     no operations, all faults, their probes, elections, boot, healing            4.7 (with the plan)
 *     all of it without faults: 27 600 events instead of 17 900, 0.95 µs each      30
 *
 * 15 times would be 6 ms a seed: what is there without a single operation takes most of that. Running a seed in two passes, the
 * first without what only a report needs, would spare next to nothing: in 13 339 events of the world nodes write 245 lines of log and
 * tell 342 events (Paxos 152 and 361, gossip 261 and 371), messages are passed by reference and never written out.
 *
 * At 1.9 µs an event (a bare one is 0.15) five times would leave 0.85 for everything. The floor is the protocol at this rate: 57 % of
 * the events are AppendEntries and their answers, because batches are gathered for 1 ms and operations come 5 ms apart. One batch in
 * flight for each follower, as etcd has it, would spare few, by calculation: a round trip takes 1.4 ms, so three of four rounds
 * meet nobody on the way. Fewer would take longer batches, that is, another latency in real runs too.
 *
 * Gossip is bound by updates, not by SWIM (some 5 % of it): each is applied five times, and once more at every restart of a
 * node. An event of gossip costs 8 to 10 µs for that reason.
 *
 * Of what is allocated for Raft (2.3 MB a simulated second, sampled, collected objects included) a third is the drawing of the plan.
 * Removable still: every operation of a plan is drawn twice, since stagger asks before it is due. Asking once it is due was tried:
 * with it all else here comes to 1.7 MB, and gossip to 2.7 of 3.8, but it means other plans for every seed. Parallel collection costs
 * 10 to 17 % more than --single-threaded-gc, which cannot be set for a thread. Twice the young generation that Node gives is worth some 10 %
 * to Raft (374, 419 against 354, 363, and before 330 against 314 in the mean of four), so the threads of `chaos sim` have it; this bench does not.
 *
 * Of `chaos sim` itself (bench/sim/attempts.mjs) judging takes 14 %, the liveness checkers more than half of it. The fingerprint of the
 * history took 9 %, and is made for findings only.
 *
 * Of 30 November 2026, load 12: Raft 336 and gossip 182 simulated seconds per processor second, no other build beside them. A fresh
 * profile is as flat: Raft's largest are the collector 12 %, `pass` 3.5, `commitTo` 2.4, `Scheduler.step` 2.2; gossip's the collector 14,
 * `Replica.apply` 9, `OrSets.add` 3.4, `LiveUpdates.add` 3. Nothing promised a tenth without other histories.
 *
 * Connections that keep their order and are dialled again (30 November 2026, load 12 to 22, both builds in one process, a seed of one and
 * the same seed of the other in turn, 250 each): 1.0 times the simulated seconds of the build before for Raft (0.99, 1.04), Paxos (0.99)
 * and queue (1.01), 0.96 to 0.97 for gossip, for which the old build beside a copy of itself had 0.96 to 1.02.
 *
 * Memory, over 10 000 seeds of Raft of half a second, after each thousand, MB, with the young generation of `chaos sim`: heap 18.1 18.4
 * 18.5 18.6 18.5 18.8 18.9 18.7 18.7 18.6, resident 162 163 166 164 161 162 157 167 168 164.
 * Of queue, the first 7 000: heap 19.2 19.2 19.2 19.4 19.3 19.4 19.4, resident 161 171 170 153 170 169 169.
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
  readonly residentMB?: readonly number[]
}

/** The young generation that threads of `chaos sim` have (`runner/threads.ts`): three times this, MB. */
const SEMI_SPACE = '--max-semi-space-size=32'

function measure(build: string, what: string, amount: string, ...flags: readonly string[]): Measured {
  if (!existsSync(build)) throw new Error(`there is no build at ${build}: npm run build`)
  const {status, stdout, stderr} = spawnSync(process.execPath, ['--expose-gc', ...flags, SCRIPT, build, what, amount], {
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
for (const target of ['raft', 'queue']) {
  const {heapMB, residentMB} = measure(BUILD, `memory:${target}`, seeds, SEMI_SPACE)
  console.log(
    `memory   ${target} over ${seeds} seeds, MB: heap ${heapMB!.join(' ')}; resident ${residentMB!.join(' ')}`,
  )
}
