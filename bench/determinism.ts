/**
 * Whether a seed is a history: the same fingerprints ten times over, on one worker and on two, and on other versions of
 * Node, which the npm package `node` brings. Exits with 1 where any two differ.
 *
 *     npm run build && node --import tsx bench/determinism.ts [versions, as in 20,22,24] [seeds of each target]
 *
 * 30 November 2026, four seeds of each of the 15 targets that can be simulated: all the same over ten repetitions, with one and two
 * workers, on Node 20.20.2, 22.23.3 and 24.21.0. Later that day, after other targets had changed: the same on 20.20.2 and
 * 22.23.3 (four seeds), and on 24.21.0 (two seeds). With the modules of the build joined: all the same again, everything, four seeds.
 * After the change of what a restarted node misses: the same, two seeds, all three versions.
 */
import {spawnSync} from 'node:child_process'
import {existsSync, mkdtempSync, rmSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {fileURLToPath} from 'node:url'

const BUILD = fileURLToPath(new URL('../dist', import.meta.url))
const SCRIPT = fileURLToPath(new URL('./sim/hash.mjs', import.meta.url))
const REPETITIONS = 10
const versions = (process.argv[2] ?? '20,22,24').split(',')
const seeds = process.argv[3] ?? '4'

function fingerprints(node: string, workers: number): string {
  const {status, stdout, stderr} = spawnSync(node, [SCRIPT, BUILD, String(workers), seeds], {encoding: 'utf8'})
  if (status !== 0) throw new Error(`${node} ended with ${status}: ${stderr}`)
  return stdout
}

/** The binary of this version, installed below `directory`; undefined where npm cannot bring it. */
function installed(version: string, directory: string): string | undefined {
  const prefix = join(directory, version)
  spawnSync('npm', ['install', '--silent', '--no-audit', '--no-fund', '--prefix', prefix, `node@${version}`])
  const node = join(prefix, 'node_modules', 'node', 'bin', 'node')
  return existsSync(node) ? node : undefined
}

if (!existsSync(BUILD)) throw new Error(`there is no build at ${BUILD}: npm run build`)
const directory = mkdtempSync(join(tmpdir(), 'chaos-node-'))
let differing = 0

function compare(what: string, found: string): void {
  const same = found === expected
  if (!same) differing++
  console.log(`${what.padEnd(40)} ${same ? 'the same' : 'DIFFERS'}`)
}

const expected = fingerprints(process.execPath, 1)
console.log(`Node ${process.version}, one worker: ${Object.keys(JSON.parse(expected) as object).length} histories`)
try {
  for (let i = 2; i <= REPETITIONS; i++) compare(`repetition ${i}`, fingerprints(process.execPath, 1))
  compare('two workers', fingerprints(process.execPath, 2))
  for (const version of versions) {
    const node = installed(version, directory)
    if (node === undefined) {
      console.log(`Node ${version}`.padEnd(40), 'skipped: npm could not bring it')
      continue
    }
    const {stdout} = spawnSync(node, ['--version'], {encoding: 'utf8'})
    compare(`Node ${stdout.trim()}`, fingerprints(node, 1))
    compare(`Node ${stdout.trim()}, two workers`, fingerprints(node, 2))
  }
} finally {
  rmSync(directory, {recursive: true, force: true})
}
process.exitCode = differing > 0 ? 1 : 0
