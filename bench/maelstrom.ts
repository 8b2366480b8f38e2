/**
 * Messages per second of processor time on Maelstrom's network, ours and, where its command is given, Maelstrom's own: the same
 * nodes under the same flags, told apart by nothing but the command.
 *
 *     npm run build && node --import tsx bench/maelstrom.ts [--peer COMMAND] [--seconds 10] [--warm 10] [balls] [flood]
 *
 * The nodes count what they receive; the processor time is that of the harness alone, as the kernel tells it (the nodes have
 * their own), so that a machine that is busy with other things changes little. Two loads: two nodes that pass each other 64
 * messages as fast as they come back, and a flood among 25 nodes, in which every node passes each message on to all others.
 */
import {type ChildProcess, spawn} from 'node:child_process'
import {chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {setTimeout as sleep} from 'node:timers/promises'
import {parseArgs} from 'node:util'
import {lookUp} from '../core/registry.ts'
import {CHAOS} from '../tests/e2e/cli.ts'

const {values, positionals} = parseArgs({
  allowPositionals: true,
  options: {
    peer: {type: 'string'},
    seconds: {type: 'string', default: '10'},
    warm: {type: 'string', default: '10'},
  },
})
const seconds = Number(values.seconds)
const warm = Number(values.warm)

/** Counts what comes from other nodes, and writes the count to a file of its own five times a second. */
const NODE = (directory: string) => `#!${process.execPath}
const {writeFileSync} = require('node:fs')
const balls = 64
let rest = '', me, others = [], count = 0
const seen = new Set()
setInterval(() => me && writeFileSync('${directory}/' + me, String(count)), 200)
process.stdin.setEncoding('utf8').on('data', (chunk) => {
  const lines = (rest + chunk).split('\\n')
  rest = lines.pop()
  let out = ''
  const send = (dest, body) => { out += JSON.stringify({src: me, dest, body}) + '\\n' }
  for (const line of lines) {
    const {src, body} = JSON.parse(line)
    if (src[0] === 'n') count++
    const answer = (type, more) => send(src, {type, in_reply_to: body.msg_id, ...more})
    const flood = () => {
      if (seen.has(body.message)) return
      seen.add(body.message)
      for (const other of others) if (other !== src) send(other, {type: 'told', message: body.message})
    }
    switch (body.type) {
      case 'init':
        me = body.node_id
        others = body.node_ids.filter((id) => id !== me)
        answer('init_ok')
        if (process.argv[2] === 'balls' && me === body.node_ids[0])
          for (let i = 0; i < balls; i++) send(others[0], {type: 'ball', number: i, message: [1, 2, 3]})
        break
      case 'ball': send(src, body); break
      case 'echo': answer('echo_ok', {echo: body.echo}); break
      case 'topology': answer('topology_ok'); break
      case 'broadcast': flood(); answer('broadcast_ok'); break
      case 'told': flood(); break
      case 'read': answer('read_ok', {messages: [...seen]}); break
    }
  }
  process.stdout.write(out)
})
`

interface Load {
  readonly name: string
  readonly flags: readonly string[]
  readonly args: readonly string[]
}

const LOADS: Readonly<Record<string, Load>> = {
  balls: {
    name: 'two nodes pass 64 messages to and fro',
    flags: ['-w', 'echo', '--node-count', '2', '--rate', '1'],
    args: ['balls'],
  },
  flood: {
    name: 'flood among 25 nodes, 100 operations a second',
    flags: ['-w', 'broadcast', '--node-count', '25', '--rate', '100'],
    args: [],
  },
}

/** Processor time of a process since its start, s: fields 14 and 15 of its `stat`, in ticks of 10 ms. */
function processorTime({pid}: ChildProcess): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /s, '')
    .split(' ')
  return (Number(fields[11]) + Number(fields[12])) / 100
}

/** What all nodes have counted. A node that is writing just now has an empty file: what it wrote before is still true. */
function counting(directory: string): () => number {
  const counts = new Map<string, number>()
  return () => {
    for (const node of readdirSync(directory)) {
      const text = readFileSync(join(directory, node), 'utf8')
      if (text !== '') counts.set(node, Number(text))
    }
    return [...counts.values()].reduce((sum, count) => sum + count, 0)
  }
}

async function measured(command: readonly string[], load: Load) {
  const directory = mkdtempSync(join(tmpdir(), 'chaos-bench-'))
  const counts = join(directory, 'counts')
  const bin = join(directory, 'node.cjs')
  mkdirSync(counts)
  writeFileSync(bin, NODE(counts))
  chmodSync(bin, 0o755)
  const limit = String(Math.ceil(warm + seconds + 5))
  const [file = '', ...words] = [...command, ...load.flags, '--bin', bin, '--time-limit', limit, '--', ...load.args]
  const harness = spawn(file, words, {cwd: directory, stdio: 'ignore', detached: true})
  const over = new Promise<never>((_, reject) => {
    harness.once('error', reject)
    harness.once('exit', (code) => reject(new Error(`${command.join(' ')} ended early (${code})`)))
  })
  const measure = async () => {
    const counted = counting(counts)
    while (counted() === 0) await sleep(50)
    // What was compiled and written down by then is not measured.
    await sleep(warm * 1000)
    const [before, cpu, start] = [counted(), processorTime(harness), performance.now()]
    await sleep(seconds * 1000)
    const messages = counted() - before
    return {
      perCore: Math.round(messages / (processorTime(harness) - cpu)),
      perSecond: Math.round((1000 * messages) / (performance.now() - start)),
      cores: (1000 * (processorTime(harness) - cpu)) / (performance.now() - start),
    }
  }
  over.catch(() => {})
  try {
    return await Promise.race([measure(), over])
  } finally {
    // The harness takes its nodes with it; those of a JVM are in its group.
    if (harness.exitCode === null && harness.pid !== undefined) {
      const ended = new Promise((resolve) => harness.once('exit', resolve))
      process.kill(-harness.pid, 'SIGTERM')
      const timer = setTimeout(() => process.kill(-(harness.pid as number), 'SIGKILL'), 20_000)
      await ended
      clearTimeout(timer)
    }
    rmSync(directory, {recursive: true, force: true, maxRetries: 5})
  }
}

const contestants: Readonly<Record<string, readonly string[]>> = {
  chaos: [process.execPath, CHAOS, 'maelstrom', 'test'],
  ...(values.peer === undefined ? {} : {peer: [...values.peer.split(' '), 'test']}),
}
for (const chosen of positionals.length === 0 ? Object.keys(LOADS) : positionals) {
  const load = lookUp('load', LOADS, chosen)
  console.log(load.name)
  const rates: number[] = []
  for (const [name, command] of Object.entries(contestants)) {
    const {perCore, perSecond, cores} = await measured(command, load)
    rates.push(perCore)
    console.log(
      `  ${name.padEnd(6)} ${perCore} messages per second of one core; ${perSecond} per second of wall time on ${cores.toFixed(2)} cores`,
    )
  }
  const [ours = 0, theirs] = rates
  if (theirs !== undefined) console.log(`  ${(ours / theirs).toFixed(1)} times`)
}
