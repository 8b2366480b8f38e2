/**
 * Messages per second of processor time on Maelstrom's network: two nodes that pass each other many messages, over pipes,
 * through the harness and nothing else.
 *
 *     node --import tsx bench/maelstrom.ts [seconds] [balls in the air]
 *
 * The processor time of this process alone counts (the nodes have their own), so that a machine that is busy with other
 * things changes little; the wall-clock rate stands beside it.
 */
import {chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {sleep, wallClock} from '../core/clock.ts'
import {createRandom} from '../core/random.ts'
import {proxiedLinks} from '../hosts/links/proxied.ts'
import {localPlace} from '../hosts/local/place.ts'
import {MaelstromCluster} from '../hosts/maelstrom/cluster.ts'

const [seconds = 5, balls = 64] = process.argv.slice(2).map(Number)

/** Sends back whatever comes, so many times over. */
const NODE = `#!${process.execPath}
let rest = ''
process.stdin.setEncoding('utf8').on('data', (chunk) => {
  const lines = (rest + chunk).split('\\n')
  rest = lines.pop()
  let out = ''
  for (const line of lines) {
    const {src, dest, body} = JSON.parse(line)
    if (body.type === 'init') {
      out += JSON.stringify({src: dest, dest: src, body: {type: 'init_ok', in_reply_to: body.msg_id}}) + '\\n'
      const peer = body.node_ids.find((id) => id !== dest)
      if (dest === 'n1') for (let i = 0; i < ${balls}; i++)
        out += JSON.stringify({src: dest, dest: peer, body: {type: 'ball', number: i, message: [1, 2, 3]}}) + '\\n'
    } else out += JSON.stringify({src: dest, dest: src, body}) + '\\n'
  }
  process.stdout.write(out)
})
`

const directory = mkdtempSync(join(tmpdir(), 'chaos-bench-'))
const bin = join(directory, 'node.cjs')
writeFileSync(bin, NODE)
chmodSync(bin, 0o755)
for (const name of ['logs', 'events', 'disks']) mkdirSync(join(directory, name))
const clock = wallClock()
const abort = new AbortController()
try {
  for (const latencyMs of [0, 1]) {
    const cluster = await MaelstromCluster.start(
      {
        workload: 'echo',
        bin,
        args: [],
        network: {latencyMs, distribution: 'exponential', loss: 0},
        topology: 'grid',
        recoveryMs: 0,
        strict: false,
        logStderr: false,
        logSent: false,
        logReceived: false,
      },
      {
        options: {nodes: ['n1', 'n2'], bugs: [], args: {}},
        random: createRandom('bench'),
        clock,
        seed: 'bench',
        directory: join(directory, 'disks'),
        logDirectory: join(directory, 'logs'),
        eventDirectory: join(directory, 'events'),
        place: localPlace({
          logDirectory: join(directory, 'logs'),
          guard: () => () => {},
          onUnexpectedExit: (node, reason) => console.error(node, reason),
        }),
        connect: proxiedLinks('embedded', {seed: 'bench'}),
        linkWay: 'auto',
        operationTimeoutMs: 1000,
        onEvent: () => {},
        halt: (error) => console.error(error),
        warn: (text) => console.error(text),
        signal: abort.signal,
      },
    )
    // What was written down of messages and compiled by then is not measured.
    await sleep(clock, 3000)
    const [before, cpu, startNs] = [cluster.messages().servers.received, process.cpuUsage(), clock.nowNs()]
    await sleep(clock, seconds * 1000)
    const {user, system} = process.cpuUsage(cpu)
    const count = cluster.messages().servers.received - before
    const perCpu = Math.round(count / ((user + system) / 1e6))
    const perSecond = Math.round(count / ((clock.nowNs() - startNs) / 1e9))
    console.log(
      `latency ${latencyMs} ms: ${perCpu} messages per second of one core, ${perSecond} per second of wall time`,
    )
    await cluster.stop()
  }
} finally {
  rmSync(directory, {recursive: true, force: true})
}
