/**
 * A cluster of three namespaces with a small server on each node, inside a namespace of ours: does every fault to it, one
 * after the other, and prints what it saw in one line of JSON. With `wait` it holds still in the middle of one.
 * \`netns.test.ts\` starts it.
 */
import {once} from 'node:events'
import {connect} from 'node:net'
import {tmpdir} from 'node:os'
import type {Services} from '../../core/links.ts'
import type {Link, Ping} from '../../core/network.ts'
import {localPlace} from '../local/place.ts'
import {openNamespaces} from './index.ts'

/** Says who it is and from where it was called, then echoes. Ends with us. */
const SERVER = `process.stdin.on('end', () => process.exit(0)).resume(); require('node:net').createServer((s) => { s.on('error', () => {}); s.write(process.argv[2] + ' ' + s.remoteAddress); s.pipe(s) }).listen(Number(process.argv[1]), '127.0.0.1', () => console.log('up'))`
/** Dials, and prints what it read first. */
const CALLER = `const s = require('node:net').connect(Number(process.argv[2]), process.argv[1]); s.on('data', (d) => { console.log(String(d)); process.exit(0) }); s.on('error', (e) => { console.log(e.code); process.exit(0) })`

const nodes = ['a', 'b', 'c']
const startNs = process.hrtime.bigint()
const local = localPlace({
  logDirectory: process.env['TRIAL_DIRECTORY'] ?? tmpdir(),
  guard: () => () => {},
  onUnexpectedExit: () => {},
})
const room = await openNamespaces(nodes, local, {seed: 'trial'})
const topologyMs = Number(process.hrtime.bigint() - startNs) / 1e6

const programs = nodes.map((node) => room.place.program(node))
const services: Record<string, Services[string]> = {}
for (const [i, node] of nodes.entries()) {
  const port = await room.place.freePort()
  const upstream = {host: '127.0.0.1', port}
  const {stdout} = (programs[i] as (typeof programs)[number]).start(
    {command: process.execPath, args: ['-e', SERVER, String(port), node]},
    {stdout: 'pipe'},
  )
  await once(stdout as NodeJS.ReadableStream, 'data')
  services[node] = {
    peer: {by: 'peers', upstream, listen: (from) => ({host: `127.9.${nodes.indexOf(from) + 1}.${i + 1}`, port})},
    client: {by: 'clients', upstream},
  }
}
const links = await room.connect(nodes, services, new AbortController().signal)
const network = links.control

const ping = ({from, to}: Link, bytes = 0, limitMs = 1500): Promise<Ping> => network.ping(from, to, limitMs, bytes)
const ab: Link = {from: 'a', to: 'b'}
const ba: Link = {from: 'b', to: 'a'}
const bc: Link = {from: 'b', to: 'c'}
const toB: Link = {from: 'clients', to: 'b'}
/** Of so many round trips, how many were answered before the kernel repeats the first packet of a connection, after 1 s. */
const share = async (link: Link, times: number) =>
  (await Promise.all(Array.from({length: times}, () => ping(link, 0, 900)))).filter(({reachable}) => reachable).length /
  times

/** What `a` reads when it dials that address. */
async function called(host: string, port: number): Promise<string> {
  const caller = room.place.program('a')
  const {stdout} = caller.start({command: process.execPath, args: ['-e', CALLER, host, String(port)]}, {stdout: 'pipe'})
  const [text] = (await once(stdout as NodeJS.ReadableStream, 'data')) as [Buffer]
  return String(text).trim()
}

/** What the harness reads there. */
async function read(host: string, port: number): Promise<string> {
  const socket = connect({host, port})
  const [text] = (await once(socket, 'data')) as [Buffer]
  socket.destroy()
  return String(text)
}

async function clean(): Promise<Record<string, unknown>> {
  return {
    ab: (await ping(ab)).reachable,
    ba: (await ping(ba)).reachable,
    bc: (await ping(bc)).reachable,
    toB: (await ping(toB)).reachable,
    readBack: await network.readBack(ab),
    cut: await network.isCut(ab),
  }
}

const TRIALS: Record<string, () => Promise<unknown>> = {
  async addresses() {
    const {host, port} = links.address('a', 'b', 'peer')
    const client = links.address('clients', 'b', 'client')
    return {
      topologyMs,
      link: await called(host, port),
      client: await read(client.host, client.port),
      past: await read('127.0.0.1', port),
    }
  },
  async cut() {
    const before = await clean()
    await network.cut('one', [ab], 'black-hole')
    // What a sends does not arrive, and neither does what it acknowledges with; c is left alone.
    const during = await clean()
    await network.cut('two', [ab], 'black-hole')
    await network.heal('one')
    const still = await clean()
    await network.healAll()
    return {before, during, still, after: await clean()}
  },
  async refuse() {
    await network.cut('one', [ab, ba], 'refuse')
    const {error} = await ping(ab)
    await network.heal('one')
    return {error, after: await clean()}
  },
  async clients() {
    await network.cut('one', [toB], 'black-hole')
    const during = await clean()
    const past = await read('127.0.0.1', links.address('a', 'b', 'peer').port)
    await network.heal('one')
    return {during, past, after: await clean()}
  },
  async loss() {
    const before = await share(ab, 40)
    await network.shape('one', [ab], {kind: 'loss', probability: 0.2})
    const [during, control, readBack] = [await share(ab, 60), await share(bc, 40), await network.readBack(ab, 'one')]
    await network.heal('one')
    return {before, during, control, readBack, after: await share(ab, 40)}
  },
  async bandwidth() {
    const before = await ping(ab, 20_000)
    await network.shape('one', [ab], {kind: 'bandwidth', rateKBps: 40})
    const [during, control] = [await ping(ab, 20_000), await ping(bc, 20_000)]
    await network.heal('one')
    return {before: before.rttMs, during: during.rttMs, control: control.rttMs, after: (await ping(ab, 20_000)).rttMs}
  },
  async latency() {
    const before = await ping(ab)
    await network.shape('one', [ab, toB], {kind: 'latency', latencyMs: 200, jitterMs: 0})
    const [during, client, control] = [await ping(ab), await ping(toB), await ping(bc)]
    // A cut holds for what is led through a proxy as well.
    await network.cut('two', [ab], 'black-hole')
    const cut = await ping(ab)
    await network.heal('two')
    await network.heal('one')
    return {
      before: before.rttMs,
      during: during.rttMs,
      client: client.rttMs ?? client.error,
      control: control.rttMs,
      cut: cut.reachable,
      after: (await ping(ab)).rttMs,
    }
  },
}

if (process.argv[2] === 'wait') {
  await network.shape('one', [ab], {kind: 'latency', latencyMs: 100, jitterMs: 0})
  await ping(ab)
  process.stdout.write('waiting\n')
  await new Promise((resolve) => setTimeout(resolve, 60_000))
}
const result: Record<string, unknown> = {}
for (const [name, trial] of Object.entries(TRIALS)) result[name] = await trial()
await Promise.all(programs.map((program) => program.kill()))
await links.close()
await room.close()
process.stdout.write(`${JSON.stringify(result)}\n`)
process.exit(0)
