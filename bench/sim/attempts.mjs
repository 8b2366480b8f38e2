// What one seed of `chaos sim` costs, judging and fingerprint included: `node attempts.mjs BUILD TARGET SECONDS`. Prints a line of
// JSON: seeds per second of processor time. Plain JavaScript, for the reasons given in measure.mjs.
import {pathToFileURL} from 'node:url'

const [build, name, seconds] = process.argv.slice(2)
const load = (path) => import(pathToFileURL(`${build}/${path}`).href)
const [{attempt}, {resolveRun}, {layerOf}, {TARGETS}] = await Promise.all([
  load('runner/lab/attempt.js'),
  load('runner/settings/resolve.js'),
  load('runner/settings/run-settings.js'),
  load('targets/index.js'),
])
const target = TARGETS[name]
const workload = Object.keys(target.claims)[0]
const options = await resolveRun({
  layers: [layerOf('bench', {target: name, workload, nemesis: 'all', time: '10s'})],
  bugs: [],
  targetArgs: [],
  thresholds: [],
  freshSeed: 'bench',
  findTarget: async () => target,
})

/** Seconds of processor time of this process so far. */
function cpuS() {
  const {user, system} = process.cpuUsage()
  return (user + system) / 1e6
}

for (let i = 0; i < 5; i++) await attempt({...options, seed: `warm-${i}`})
const startS = cpuS()
let seeds = 0
let simulatedMs = 0
while (cpuS() - startS < Number(seconds))
  simulatedMs += (await attempt({...options, seed: `bench-${seeds++}`})).simulatedMs
console.log(JSON.stringify({seedsPerS: seeds / (cpuS() - startS), ratio: simulatedMs / 1000 / (cpuS() - startS)}))
