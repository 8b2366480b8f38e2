/**
 * Our Toxiproxy server against the real one and against no proxy, under the same load in the same run:
 *
 *     node --import tsx bench/proxy.ts [repetitions] [milliseconds per measurement]
 *
 * Echo server, proxies and load generator are processes of their own. The routes take turns within each repetition, so
 * that a noisy machine disturbs them alike; medians and their ratios are what counts. The real server is looked for on
 * PATH (`toxiproxy-server`) or at CHAOS_TOXIPROXY_SERVER.
 *
 * With nothing else running (2026-11-30, 8 turns, medians): one connection 1.38 times the real server's requests per second, 64
 * connections 1.12 times (51 890 against 49 651, of 96 178 without a proxy) for 0.74 of its processor time (13.1 µs against 17.6),
 * bulk 1.68 times.
 *
 * Why 64 connections do not get 1.5 times the requests per second of the real server on two cores (2026-11-29, Node 20.20.2,
 * toxiproxy 2.12 built with Go, load 13 to 20 beside it, so only figures of the same row of turns compare). Processor time
 * of the proxy per request, and of the client, the proxy and the echo together:
 *
 *     a loop over epoll in C   14 µs   40 µs        (all of it in the kernel: this is the floor of any proxy)
 *     two copies in Go         22      51
 *     two `pipe`s of Node      25      55
 *     embedded                 28      62           (18.9 in another run, also under load)
 *     the real server          33      64           (25.8 in that run: 0.76)
 *
 * A request already costs the embedded server two reads and two writes and nothing else (`strace -c`: no failed read, one
 * wait for 57 events), 75 to 81 % of its time is spent in them, 7 to 11 % in JavaScript and 10 % in Node's C++. On cores that
 * are all busy, requests per second go as the inverse of the second column: 64 / 40 = 1.6 is what the loop in C would get,
 * and JavaScript, which adds 4 to 8 µs to it, cannot have 1.5. Tried and left out, q10 of 16 turns: reads past the sockets'
 * `onread`, 17.9 µs against 18.7 (41.3 against 42.0 together); and with it all writes of one turn of the event loop at its
 * end, 17.3 (39.0), which delays the single request.
 */
import {type ChildProcess, spawn} from 'node:child_process'
import {createInterface} from 'node:readline'
import {fileURLToPath} from 'node:url'
import {createToxiproxyClient} from '../net/toxiproxy/client.ts'
import {findOnPath} from '../net/toxiproxy/find-on-path.ts'
import {cpuSeconds} from './proxy/cpu.ts'

const [repetitions = 5, ms = 1000] = process.argv.slice(2).map(Number)

interface Echoed {
  perSecond: number
  p50Us: number
  p99Us: number
  /** CPU time of the proxy for each request, µs: what counts on a machine that is busy with other things. */
  cpuUs: number
}

interface Measured {
  c1: Echoed
  c64: Echoed
  bulk: {mbPerSecond: number}
}

interface Program {
  readonly pid: number
  ask(line?: unknown): Promise<unknown>
  end(): Promise<void>
}

/** A program that answers in JSON lines and ends when its stdin closes. */
function program(file: string, args: string[] = []): Program {
  const tsx = file.endsWith('.ts') ? ['--import', 'tsx'] : []
  const path = fileURLToPath(new URL(file, import.meta.url))
  const child: ChildProcess = spawn(process.execPath, [...tsx, path, ...args], {
    stdio: ['pipe', 'pipe', 'inherit'],
    // The real server would otherwise spend its time on several lines of log per connection.
    env: {...process.env, LOG_LEVEL: 'error'},
  })
  const lines = createInterface({input: child.stdout as NodeJS.ReadableStream})[Symbol.asyncIterator]()
  return {
    pid: child.pid as number,
    async ask(line) {
      if (line !== undefined) child.stdin?.write(`${JSON.stringify(line)}\n`)
      return JSON.parse((await lines.next()).value as string)
    },
    async end() {
      const ended = new Promise((resolve) => child.once('exit', resolve))
      child.stdin?.end()
      await ended
    },
  }
}

async function route(url: string, upstream: number, name: string): Promise<number> {
  const client = createToxiproxyClient(url)
  const {listen} = await client.createProxy({name, listen: '127.0.0.1:0', upstream: `127.0.0.1:${upstream}`})
  client.close()
  return Number(listen.split(':').pop())
}

const median = (values: number[]) => values.toSorted((a, b) => a - b)[values.length >> 1] as number

const embedded = program('../net/toxiproxy/main.ts')
const servers = program('./proxy/echo.ts')
const load = program('./proxy/load.ts')
const binary = process.env['CHAOS_TOXIPROXY_SERVER'] || findOnPath('toxiproxy-server')
const real =
  binary === undefined
    ? undefined
    : program('../net/toxiproxy/guard.ts', [binary, '-host', '127.0.0.1', '-port', '28499'])

try {
  const {echoPort, sinkPort} = (await servers.ask()) as {echoPort: number; sinkPort: number}
  const {url} = (await embedded.ask()) as {url: string}
  const routes: [string, {echo: number; sink: number; pid?: number}][] = [['direct', {echo: echoPort, sink: sinkPort}]]
  const through = async (name: string, api: string, {pid}: Program) => {
    routes.push([name, {echo: await route(api, echoPort, 'echo'), sink: await route(api, sinkPort, 'sink'), pid}])
  }
  await through('embedded', url, embedded)
  if (real === undefined)
    console.log('real: skipped, there is no toxiproxy-server on PATH nor in CHAOS_TOXIPROXY_SERVER')
  else {
    await real.ask()
    await new Promise((resolve) => setTimeout(resolve, 500))
    await through('real', 'http://127.0.0.1:28499', real)
  }
  console.log(`${repetitions} repetitions of ${ms} ms`)

  const results = new Map<string, Measured[]>(routes.map(([name]) => [name, []]))
  for (let repetition = 0; repetition < repetitions; repetition++) {
    const turn = routes.map((_, i) => routes[(i + repetition) % routes.length] as (typeof routes)[number])
    const measured = new Map<string, Partial<Measured>>(turn.map(([name]) => [name, {}]))
    for (const [what, order] of [
      ['c1', {kind: 'echo', connections: 1}],
      ['c64', {kind: 'echo', connections: 64}],
      ['bulk', {kind: 'bulk'}],
    ] as const) {
      for (const [name, {echo, sink, pid}] of turn) {
        const before = pid === undefined ? 0 : cpuSeconds(pid)
        const result = (await load.ask({...order, port: order.kind === 'bulk' ? sink : echo, ms})) as {answered: number}
        const cpuUs = pid === undefined ? 0 : ((cpuSeconds(pid) - before) * 1e6) / result.answered
        Object.assign(measured.get(name) as object, {[what]: {...result, cpuUs}})
      }
    }
    for (const [name] of turn) results.get(name)?.push(measured.get(name) as Measured)
  }

  const figures = new Map(
    [...results].map(([name, runs]) => [
      name,
      {
        'c=1 req/s': Math.round(median(runs.map((run) => run.c1.perSecond))),
        'c=1 p50 µs': median(runs.map((run) => run.c1.p50Us)),
        'c=1 p99 µs': median(runs.map((run) => run.c1.p99Us)),
        'c=64 req/s': Math.round(median(runs.map((run) => run.c64.perSecond))),
        'c=64 p50 µs': median(runs.map((run) => run.c64.p50Us)),
        'c=64 p99 µs': median(runs.map((run) => run.c64.p99Us)),
        'c=64 CPU µs/req': Number(median(runs.map((run) => run.c64.cpuUs)).toFixed(1)),
        'bulk MB/s': Math.round(median(runs.map((run) => run.bulk.mbPerSecond))),
      },
    ]),
  )
  console.table(Object.fromEntries(figures))

  if (real !== undefined) {
    const ratio = (pick: (run: Measured) => number) => {
      const pairs = (results.get('embedded') as Measured[]).map((run, i) => [run, results.get('real')?.[i]] as const)
      return median(pairs.map(([ours, theirs]) => pick(ours) / pick(theirs as Measured))).toFixed(2)
    }
    const added = (pick: (run: Measured) => number) => {
      const [direct, ours, theirs] = ['direct', 'embedded', 'real'].map((name) => results.get(name) as Measured[])
      const over = (runs: Measured[] | undefined, i: number) =>
        pick(runs?.[i] as Measured) - pick(direct?.[i] as Measured)
      const ratios = (direct as Measured[]).map((_, i) => over(ours, i) / over(theirs, i))
      return median(ratios).toFixed(2)
    }
    console.log('embedded : real, median of the ratios within each repetition')
    console.log(
      `  c=1   req/s ${ratio((run) => run.c1.perSecond)} (want >= 1)   added p50 ${added((run) => run.c1.p50Us)} (want <= 1)`,
    )
    console.log(
      `  c=64  req/s ${ratio((run) => run.c64.perSecond)} (want >= 1.5)   added p50 ${added((run) => run.c64.p50Us)} (want <= 1)   CPU/req ${ratio((run) => run.c64.cpuUs)}`,
    )
    console.log(`  bulk  MB/s  ${ratio((run) => run.bulk.mbPerSecond)} (want >= 1)`)
  }
} finally {
  await Promise.all([load.end(), embedded.end(), servers.end(), real?.end()])
}
