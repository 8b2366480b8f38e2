/**
 * What the harness itself can do: operations per second that are scheduled, dispatched to an in-process target that answers
 * at once, recorded and flushed; and the same while `--fail-fast` looks on. And what it does against `gossip`, five real processes on
 * the same machine, behind proxies and, as where no fault can touch its links, without them.
 *
 *     node --import tsx bench/harness.ts [seconds]
 *
 * Where an operation against gossip through proxies spends its time (2026-11-30, 6 s, medians of 8 turns that this build and commit
 * 0809371 took one after the other, nothing else running). Processor time of all processes, µs an operation, in user code and in
 * the kernel:
 *
 *                              commit 0809371   this build
 *     runner                      39 +  8         16 +  6
 *     proxies                      4 + 12          2 + 10
 *     five nodes together         29 + 11         17 +  8
 *     all                           102             59       (1.6 to 2.1 times in the eight turns)
 *
 * Operations per second, six turns of this file at 5 s: 27 606, 25 861, 23 070, 26 679, 23 169 and 26 755 through proxies against
 * 15 822, 16 121, 14 102, 14 035, 15 982 and 16 173 (1.7, 1.6, 1.6, 1.9, 1.4 and 1.7 times); 33 000 to 41 000 without proxies (2.0 to
 * 2.9 times). With others at work on the machine (load 16) it was 2.4, 1.6 and 2.2 times. Twice as many through proxies would take
 * 51 µs. The kernel's 25 are the floor: an operation is eight reads and writes of sockets (an echo over loopback TCP that does
 * nothing takes 4.6 µs of the kernel for two of them), of which the event loops get 3 to 50 in one wait. A warm node in one process
 * without sockets takes 10 of the nodes' 17. Tried and left out: writes of the proxies at the end of each turn (24 000 against
 * 28 000), nodes of a lower priority, SCHED_BATCH, and smaller or greater semi-spaces (no difference).
 */

import {mkdtempSync, rmSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {linearizableStream} from '../checkers/linearizable/index.ts'
import {EVERYTHING} from '../core/capabilities.ts'
import {wallClock} from '../core/clock.ts'
import type {Cluster} from '../core/cluster.ts'
import {createRandom} from '../core/random.ts'
import {parseNemeses} from '../nemesis/index.ts'
import {driveReal} from '../runner/drive-real.ts'
import {FailFastMonitor} from '../runner/fail-fast-monitor.ts'
import {nodeNames, type RunOptions} from '../runner/options.ts'
import {makePlan} from '../runner/plan.ts'
import {planGenerator} from '../runner/plan-generator.ts'
import {Recorder} from '../runner/recorder.ts'
import {run} from '../runner/run.ts'
import {Scheduler} from '../runner/scheduler.ts'
import {Workers} from '../runner/workers.ts'
import {TARGETS} from '../targets/index.ts'
import {WORKLOADS} from '../workloads/index.ts'

const seconds = Number(process.argv[2] ?? 5)
const directory = mkdtempSync(join(tmpdir(), 'chaos-bench-'))

/** Registers that answer at once. */
function registers(): Cluster {
  const values = new Map<unknown, unknown>()
  return {
    nodes: nodeNames(5),
    openClient: async () => ({
      operations: {
        read: async ({key}) => values.get(key) ?? null,
        write: async ({key, value}) => {
          values.set(key, value)
        },
      },
      close: async () => {},
    }),
    stop: async () => {},
  }
}

/** Ops per second and peak memory of the harness alone, as fast as it can. */
async function harness(watched: boolean): Promise<void> {
  const cluster = registers()
  const clock = wallClock()
  const random = createRandom('bench')
  const {nodes} = cluster
  const workload = WORKLOADS['register']!
  const options = {
    nodes,
    keys: 8,
    concurrency: 10,
    ratePerS: Number.POSITIVE_INFINITY,
    functions: ['read', 'write'],
    claim: 'linearizable' as const,
  }
  const {plan, operations} = makePlan({
    seed: 'bench',
    random,
    generator: workload.generator(options),
    nodes,
    concurrency: 10,
    timeMs: seconds * 1000,
    ratePerS: Number.POSITIVE_INFINITY,
    nemeses: [],
    capabilities: EVERYTHING,
    intervalMs: 1000,
  })
  const workers = new Workers(cluster, clock, 5000)
  const recorder = new Recorder(join(directory, watched ? 'watched.jsonl' : 'history.jsonl'), {}, (error) => {
    throw error
  })
  const scheduler = new Scheduler({generator: planGenerator(plan, 0, operations), concurrency: 10, nodes, random})
  let peakBytes = 0
  const invoker = {
    invoke: (
      thread: number | string,
      process_: number | string,
      node: string | undefined,
      invocation: never,
      done: never,
    ) => workers.invoke(thread as number, process_ as number, node as string, invocation, done),
  }
  const fail = (what: unknown) => {
    throw new Error(`the monitor called out: ${JSON.stringify(what)}`)
  }
  const watch = linearizableStream({model: 'cas-register'})
  const monitor = new FailFastMonitor({watch, ops: recorder.ops, clock, onBreach: fail, onError: fail})
  const startNs = clock.nowNs()
  if (watched) monitor.start()
  const cpu = process.cpuUsage()
  const look = setInterval(() => {
    peakBytes = Math.max(peakBytes, process.memoryUsage.rss())
  }, 100)
  await driveReal({clock, scheduler, invoker: invoker as never, recording: recorder})
  clearInterval(look)
  monitor.stop()
  const tookS = (clock.nowNs() - startNs) / 1e9
  const {user, system} = process.cpuUsage(cpu)
  recorder.close()
  await workers.close()
  const perS = recorder.counts.operations / tookS
  const perCpuS = recorder.counts.operations / ((user + system) / 1e6)
  console.log(
    `harness ${watched ? 'watched  ' : 'alone    '} ${Math.round(perS)} operations/s (${Math.round(perCpuS)} per second of CPU), peak ${(peakBytes / 1e6).toFixed(0)} MB (wanted: 50 000/s, 1 000 MB)${watched ? `, the watch ${Math.round((100 * monitor.behind) / recorder.ops.length)} % behind` : ''}`,
  )
}

/** Recorded operations per second against gossip without faults; behind proxies where some could touch its links. */
async function gossip(proxied: boolean): Promise<void> {
  const target = TARGETS['gossip']!
  const options: RunOptions = {
    target,
    workload: WORKLOADS['set']!,
    nemeses: proxied ? parseNemeses('packets') : [],
    seed: 'bench',
    nodes: 5,
    concurrency: 50,
    ratePerS: Number.POSITIVE_INFINITY,
    timeMs: seconds * 1000,
    maxOperations: Number.POSITIVE_INFINITY,
    keys: 8,
    // No fault strikes before the clients have ended.
    intervalMs: 10_000 * seconds,
    healMs: 30_000,
    operationTimeoutMs: 5000,
    bugs: [],
    targetArgs: {},
    toxiproxy: 'embedded',
    links: 'auto',
    machines: [],
    thresholds: [],
    failFast: false,
    checkTimeoutMs: 60_000,
    checkMemoryBytes: 4e9,
    directory,
    command: 'bench',
    origins: [],
  }
  const {history, judgement} = await run(options, {}, new AbortController().signal)
  const during = history.operations.filter(({final}) => !final)
  const first = during.at(0)!.startNs
  let last = first
  for (const {endNs} of during) if (Number.isFinite(endNs)) last = Math.max(last, endNs)
  const perS = during.length / ((last - first) / 1e9)
  const sound = (judgement?.verdicts ?? []).filter(({validity}) => validity === 'invalid').length === 0
  const how = proxied ? 'through proxies' : 'direct links   '
  console.log(
    `gossip ${how} ${Math.round(perS)} operations/s${sound ? '' : ', convicted'} (wanted: 5 000/s, and twice commit 0809371)`,
  )
}

try {
  await harness(false)
  await harness(true)
  await gossip(true)
  await gossip(false)
} finally {
  rmSync(directory, {recursive: true, force: true})
}
