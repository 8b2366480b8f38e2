// Fingerprints of simulated histories: `node hash.mjs BUILD WORKERS SEEDS`, where BUILD is a `dist` folder. Prints a line of
// JSON, fingerprints by target and seed. Plain JavaScript, so that any version of Node can run it.
import {createHash} from 'node:crypto'
import {pathToFileURL} from 'node:url'
import {isMainThread, parentPort, Worker, workerData} from 'node:worker_threads'

/** The fingerprints of some jobs: pairs of target and seed. */
async function fingerprints(build, jobs) {
  const load = (path) => import(pathToFileURL(`${build}/${path}`).href)
  const [{simulate}, {TARGETS}, {WORKLOADS}, {parseNemeses}, {writeOp}] = await Promise.all([
    load('runner/simulate.js'),
    load('targets/index.js'),
    load('workloads/index.js'),
    load('nemesis/index.js'),
    load('core/format/index.js'),
  ])
  const found = {}
  for (const [name, seed] of jobs) {
    const target = TARGETS[name]
    const workload = WORKLOADS[Object.keys(target.claims)[0]]
    const {history} = await simulate({target, workload, nemeses: parseNemeses('all'), seed, timeMs: 3000})
    const hash = createHash('sha256')
    for (const op of history.ops) hash.update(`${writeOp(op)}\n`)
    found[`${name} ${seed}`] = hash.digest('hex')
  }
  return found
}

if (isMainThread) {
  const [build, workers, seeds] = process.argv.slice(2)
  const {TARGETS} = await import(pathToFileURL(`${build}/targets/index.js`).href)
  const simulable = Object.keys(TARGETS).filter((name) => TARGETS[name].protocol !== undefined)
  const jobs = simulable.flatMap((target) => Array.from({length: Number(seeds)}, (_, i) => [target, `same-${i}`]))
  const shares = Array.from({length: Number(workers)}, (_, w) => jobs.filter((_, i) => i % Number(workers) === w))
  const parts = await Promise.all(
    shares.map(
      (share) =>
        new Promise((resolve, reject) => {
          const worker = new Worker(new URL(import.meta.url), {workerData: {build, jobs: share}})
          worker.once('message', resolve).once('error', reject)
        }),
    ),
  )
  const all = Object.assign({}, ...parts)
  console.log(JSON.stringify(Object.fromEntries(Object.entries(all).sort())))
} else {
  parentPort.postMessage(await fingerprints(workerData.build, workerData.jobs))
}
