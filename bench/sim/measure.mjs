// What one build of the simulator does on one core, in a process of its own: `node measure.mjs BUILD WHAT SECONDS`, where
// BUILD is a `dist` folder and WHAT is a target, `bare`, or `memory:TARGET` (which takes a number of seeds in place of seconds). Prints a line of JSON. Plain JavaScript, so that nothing is
// transformed on the way and builds of other commits can be measured by the same file.
import {pathToFileURL} from 'node:url'

const [build, what, seconds, timeMs = '10000'] = process.argv.slice(2)
const load = (path) => import(pathToFileURL(`${build}/${path}`).href)

/** Seconds of processor time of this process so far, its collector's threads included. */
function cpuS() {
  const {user, system} = process.cpuUsage()
  return (user + system) / 1e6
}

/** Timers that set themselves again, a hundred at a time in the queue: the world alone, without nodes. */
async function bare() {
  const {World} = await load('sim/world.js')
  const {createRandom} = await load('core/random.js')
  const world = new World()
  const random = createRandom('bare')
  for (let i = 0; i < 100; i++) {
    const again = () => world.at(world.nowNs() + 1 + (random.uint32() % 1_000_000), again)
    again()
  }
  for (let i = 0; i < 200_000; i++) world.step()
  const startS = cpuS()
  const before = world.eventsRun
  while (cpuS() - startS < Number(seconds)) for (let i = 0; i < 100_000; i++) world.step()
  return {eventsPerS: (world.eventsRun - before) / (cpuS() - startS)}
}

/** What runs one seed of a target with all faults at 200 operations a second. */
async function prepared(name, lengthMs) {
  const [{simulate}, {TARGETS}, {WORKLOADS}, {parseNemeses}] = await Promise.all([
    load('runner/simulate.js'),
    load('targets/index.js'),
    load('workloads/index.js'),
    load('nemesis/index.js'),
  ])
  const target = TARGETS[name]
  const workload = WORKLOADS[Object.keys(target.claims)[0]]
  const run = (seed) =>
    simulate({target, workload, nemeses: parseNemeses('all'), seed: `bench-${seed}`, timeMs: lengthMs})
  return {run}
}

/** Runs of one target, seed after seed. */
async function runs() {
  const {run} = await prepared(what, Number(timeMs))
  for (let seed = 0; seed < 5; seed++) await run(seed)
  const startS = cpuS()
  let timeNs = 0
  let events = 0
  let seeds = 0
  while (cpuS() - startS < Number(seconds)) {
    const {cost} = await run(seeds++)
    timeNs += cost.timeNs
    events += cost.events
  }
  const tookS = cpuS() - startS
  return {ratio: timeNs / 1e9 / tookS, eventsPerS: events / tookS, seedsPerS: seeds / tookS}
}

/** Heap and resident memory after each tenth of so many short runs, MB; needs --expose-gc. */
async function memory(target) {
  const {run} = await prepared(target, 500)
  const heapMB = []
  const residentMB = []
  for (let seed = 1; seed <= Number(seconds); seed++) {
    await run(seed)
    if (seed % Math.ceil(Number(seconds) / 10) !== 0) continue
    // Finalisers and weak references have their turn.
    await new Promise((resolve) => setImmediate(resolve))
    globalThis.gc()
    const {heapUsed, rss} = process.memoryUsage()
    heapMB.push(Math.round(heapUsed / 1e5) / 10)
    residentMB.push(Math.round(rss / 1e6))
  }
  return {heapMB, residentMB}
}

const [kind, target = 'raft'] = what.split(':')
console.log(JSON.stringify(await (kind === 'bare' ? bare() : kind === 'memory' ? memory(target) : runs())))
