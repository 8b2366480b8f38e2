/**
 * `npm run bench`: every bench, one after the other, each in a process of its own; or those named: `npm run bench -- proxy`.
 * Figures are ratios against a peer or a baseline of the same run wherever there is one; a peer that is not there is said.
 * `npm run bench:peers` runs those that have a peer: each builds it from its own package's sources where the machine can.
 */
import {spawnSync} from 'node:child_process'
import {readdirSync} from 'node:fs'
import {fileURLToPath} from 'node:url'
import {lookUp} from '../core/registry.ts'

const directory = fileURLToPath(new URL('.', import.meta.url))
const BENCHES: Record<string, string> = {
  proxy: 'the embedded proxy beside the real toxiproxy-server: requests, latency, bulk',
  maelstrom: 'messages per second on the network of Maelstrom nodes',
  harness: 'the harness alone, and against five gossip nodes',
  overhead: 'the harness against a real cluster, beside its client alone',
  scheduler: 'scheduler, plans and the simulator',
  determinism: 'one seed, one history: repetitions, workers, versions of Node',
  sim: 'simulated seconds per processor second, the bare world, memory over many seeds',
  parse: 'reading histories',
  memory: 'histories larger than memory, read and checked',
  linearizable: 'linearizability, beside Porcupine where Go is installed',
  elle: 'transactions, beside recorded figures of Elle',
  report: 'the report in Chromium: size, first paint, longest task',
}

/** Those that measure somebody else's program in the same run. */
const WITH_PEERS = ['linearizable', 'elle', 'proxy']

const given = process.argv.slice(2)
const asked = given.flatMap((word) => (word === '--peers' ? WITH_PEERS : [word]))
for (const name of asked) lookUp('bench', BENCHES, name)
const present = new Set(readdirSync(directory))
for (const [name, what] of Object.entries(BENCHES)) {
  if ((asked.length > 0 && !asked.includes(name)) || !present.has(`${name}.ts`)) continue
  console.log(`\n== ${name}: ${what}`)
  const {status} = spawnSync(process.execPath, ['--import', 'tsx', `${directory}${name}.ts`], {stdio: 'inherit'})
  if (status !== 0) process.exitCode = status ?? 1
}
