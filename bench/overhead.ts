/**
 * What the harness costs: operations per second against a real cluster by the harness, through its proxies and with every
 * operation recorded, beside the same client code on the same cluster without either. 64 clients, as fast as they are
 * answered; the two take turns, so that whatever else the machine does hits both.
 *
 * Operations per second depend on how many processors are free. Beside them stands what one operation costs of a processor: in
 * this process (the client, and in the harness the recording), in the proxies, and in the database. What the proxies cost is the
 * floor: two more hops each way, which on a machine with processors to spare run beside the client. There are proxies where the
 * faults of the run may touch links: none with `none`, between nodes with `partition`, everywhere with `packets`. None strikes here.
 *
 *     node --import tsx bench/overhead.ts [target] [seconds] [turns] [faults]
 */
import {mkdtempSync, rmSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {performance} from 'node:perf_hooks'
import type {Client, Request} from '../core/client.ts'
import type {NodeId} from '../core/node.ts'
import type {ProgramCluster} from '../hosts/program/cluster.ts'
import {openClient as openEtcd} from '../targets/etcd/client.ts'
import {RedisClient} from '../targets/redis/client.ts'
import {settingsOf} from '../targets/redis/settings.ts'
import {Meter} from './processor-time.ts'
import {realRun} from './real-run.ts'

const [target = 'etcd', seconds = '5', turns = '3', nemesis = 'partition,kill,pause'] = process.argv.slice(2)
const CLIENTS = 64
const KEYS = 8
const LIMIT_MS = 5000

/** The target's own client, to the nodes themselves. */
const DIRECT: Readonly<Record<string, (node: NodeId, cluster: ProgramCluster) => Promise<Client>>> = {
  etcd: (node, {services, context}) =>
    openEtcd(services[node]?.['client']?.upstream as never, LIMIT_MS, context.options),
  async redis(node, {services, context, nodes}) {
    const at = (whom: NodeId, service: string) => services[whom]?.[service]?.upstream as {host: string; port: number}
    const primary = (port: number) => at(nodes.find((each) => at(each, 'client').port === port) as NodeId, 'client')
    const places = {own: at(node, 'client'), sentinel: at(node, 'find'), primary}
    const client = new RedisClient(places, settingsOf(context.options), 'register', LIMIT_MS)
    await client.connect()
    return client
  },
}

/** Operations per second of 64 clients that wait for nothing but their answers. */
async function direct(cluster: ProgramCluster, meter: Meter): Promise<number> {
  const open = DIRECT[target]
  if (open === undefined)
    throw new Error(`no bare client for ${target}: there is one for ${Object.keys(DIRECT).join(', ')}`)
  meter.start()
  const start = performance.now()
  // The harness too opens its connections when the first operation wants one.
  const clients = await Promise.all(
    Array.from({length: CLIENTS}, (_, i) => open(cluster.nodes[i % cluster.nodes.length] as NodeId, cluster)),
  )
  const untilMs = start + Number(seconds) * 1000
  let done = 0
  await Promise.all(
    clients.map(async (client, i) => {
      // Of each its own: a signal that all of them listen to warns of a leak.
      const {signal} = new AbortController()
      for (let n = 0; performance.now() < untilMs; n++) {
        const f = (n + i) % 2 === 0 ? 'read' : 'write'
        const request: Request = {f, key: (n + i) % KEYS, value: f === 'read' ? null : n, signal}
        await client.operations[f]?.(request)
        done++
      }
    }),
  )
  const perS = done / ((performance.now() - start) / 1000)
  meter.stop(done)
  await Promise.all(clients.map((client) => client.close()))
  return perS
}

const directory = mkdtempSync(join(tmpdir(), 'chaos-overhead-'))
const ratios: number[] = []
try {
  for (let turn = 0; turn < Number(turns); turn++) {
    let bare = 0
    const meters = {bare: new Meter(), harness: new Meter()}
    const {result} = await realRun({
      target,
      signal: new AbortController().signal,
      settings: {
        workload: 'register',
        nemesis,
        // Later than the end.
        interval: '24h',
        time: `${seconds}s`,
        rate: 'max',
        concurrency: String(CLIENTS),
        keys: String(KEYS),
        output: directory,
        seed: `overhead-${turn}`,
      },
      async opened({cluster}) {
        bare = await direct(cluster as ProgramCluster, meters.bare)
      },
      driving(when) {
        if (when === 'begins') meters.harness.start()
        else meters.harness.stop()
      },
    })
    const during = [...result.history.operations].filter(({final, endNs}) => !final && Number.isFinite(endNs))
    const first = during[0]?.startNs ?? 0
    const last = during.reduce((latest, {endNs}) => Math.max(latest, endNs), 0)
    const perS = during.length / ((last - first) / 1e9)
    ratios.push(perS / bare)
    meters.harness.operations = during.length
    console.log(`  µs of a processor an operation: bare ${meters.bare}; harness ${meters.harness}`)
    console.log(
      `${target} ${CLIENTS} clients: bare ${Math.round(bare)} operations/s, harness ${Math.round(perS)}, ratio ${(perS / bare).toFixed(2)} (wanted: 0.8)`,
    )
  }
  const sorted = ratios.toSorted((a, b) => a - b)
  console.log(`median ratio ${(sorted[sorted.length >> 1] as number).toFixed(2)} of ${sorted.length} turns`)
} finally {
  rmSync(directory, {recursive: true, force: true})
}
