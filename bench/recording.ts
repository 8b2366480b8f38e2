/**
 * What an operation costs of this process between the answer of a client and the next question, recorded, and drawn from the plan, as
 * fast as answers come: without any database, so that nothing else is measured. Beside it the same loop without a harness. Processor
 * time, in turns, so that whatever else the machine does hits both; `bench/overhead.ts` has real databases.
 *
 *     node --import tsx bench/recording.ts [operations] [turns]
 */
import {mkdtempSync, rmSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import type {Client, Request} from '../core/client.ts'
import {wallClock} from '../core/clock.ts'
import type {Cluster} from '../core/cluster.ts'
import {createRandom} from '../core/random.ts'
import {driveReal} from '../runner/drive-real.ts'
import {makePlan} from '../runner/plan.ts'
import {planGenerator} from '../runner/plan-generator.ts'
import {Recorder} from '../runner/recorder.ts'
import {Scheduler} from '../runner/scheduler.ts'
import {Workers} from '../runner/workers.ts'
import {WORKLOADS} from '../workloads/index.ts'

const [operations = '200000', turns = '5'] = process.argv.slice(2)
const CLIENTS = 64
const NODES = ['n1', 'n2', 'n3']
/** Answers that come in one turn of the event loop. */
const TOGETHER = 8

/** Answers in turns of the event loop, a few at a time, as sockets do. */
class Answers {
  readonly #waiting: (() => void)[] = []
  #scheduled = false

  next(): Promise<void> {
    return new Promise((resolve) => {
      this.#waiting.push(resolve)
      this.#schedule()
    })
  }

  #schedule(): void {
    if (this.#scheduled || this.#waiting.length === 0) return
    this.#scheduled = true
    setImmediate(() => {
      this.#scheduled = false
      for (const answer of this.#waiting.splice(0, TOGETHER)) answer()
      this.#schedule()
    })
  }
}

function client(answers: Answers): Client {
  return {
    operations: {
      async read() {
        await answers.next()
        return 1
      },
      write: () => answers.next(),
    },
    close: async () => {},
  }
}

/** µs of this process an operation. */
async function costOf(work: () => Promise<number>): Promise<number> {
  globalThis.gc?.()
  const before = process.cpuUsage()
  const done = await work()
  const {user, system} = process.cpuUsage(before)
  return (user + system) / done
}

async function bare(): Promise<number> {
  const answers = new Answers()
  const {signal} = new AbortController()
  let left = Number(operations)
  await Promise.all(
    Array.from({length: CLIENTS}, async () => {
      const own = client(answers)
      while (left-- > 0) {
        const f = left % 2 === 0 ? 'read' : 'write'
        const request: Request = {f, key: left % 8, value: f === 'read' ? null : left, signal}
        await own.operations[f]?.(request)
      }
    }),
  )
  return Number(operations)
}

async function recorded(directory: string, turn: number): Promise<number> {
  const answers = new Answers()
  const random = createRandom(`recording-${turn}`)
  const clock = wallClock()
  const functions = ['read', 'write']
  const workload = WORKLOADS['register']!
  const options = {nodes: NODES, concurrency: CLIENTS, keys: 8, ratePerS: Number.POSITIVE_INFINITY, functions}
  const made = makePlan({
    ...options,
    seed: 'recording',
    random,
    generator: workload.generator({...options, claim: 'linearizable', truthfulRefusals: false, args: {}}),
    timeMs: 3_600_000,
    nemeses: [],
    intervalMs: 5000,
    capabilities: {},
  })
  const scheduler = new Scheduler({
    generator: planGenerator(made.plan, clock.nowNs(), made.operations),
    concurrency: CLIENTS,
    nodes: NODES,
    random: random.fork('final'),
  })
  const cluster = {nodes: NODES, openClient: async () => client(answers)} as unknown as Cluster
  const workers = new Workers(cluster, clock, 5000)
  const recording = new Recorder(join(directory, `${turn}.jsonl`), {}, (error) => {
    throw error
  })
  const enough = new AbortController()
  let left = Number(operations)
  await driveReal({
    clock,
    scheduler,
    recording,
    signal: enough.signal,
    invoker: {
      invoke(thread, process, node, invocation, done) {
        if (--left === 0) enough.abort()
        workers.invoke(thread as number, process as number, node as string, invocation, done)
      },
    },
  })
  await workers.close()
  recording.close()
  return recording.counts.operations
}

const directory = mkdtempSync(join(tmpdir(), 'chaos-recording-'))
const costs: {readonly bare: number; readonly recorded: number}[] = []
try {
  for (let turn = 0; turn < Number(turns); turn++) {
    const cost = {bare: await costOf(bare), recorded: await costOf(() => recorded(directory, turn))}
    costs.push(cost)
    console.log(`µs of a processor an operation: bare ${cost.bare.toFixed(2)}, recorded ${cost.recorded.toFixed(2)}`)
  }
} finally {
  rmSync(directory, {recursive: true, force: true})
}
const median = (values: number[]) => values.toSorted((a, b) => a - b)[values.length >> 1] as number
console.log(`median of the difference: ${median(costs.map((cost) => cost.recorded - cost.bare)).toFixed(2)} µs`)
