/**
 * Elle beside ours in one run, where somebody has it: ELLE_CLI_JAR names an elle-cli jar, run with the `java` at hand. Elle
 * is published on Clojars only, so it is brought, not fetched.
 *
 * elle-cli judges files and says no times. Given the same file several times it judges it again in the same, ever warmer JVM:
 * what a further time takes is reading and checking in a warm JVM. Ours is measured likewise: reading and checking.
 */
import {spawnSync} from 'node:child_process'
import {mkdtempSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {wallClock} from '../core/clock.ts'
import {writeHistory} from '../core/format/index.ts'
import type {History} from '../core/history.ts'

/** Judgements before those that are timed, and those. */
const WARMING = 3
const TIMED = 4
const LIMIT_MS = 900_000

/** One further reading and check. The processor time is that of all threads. */
export interface PeerTime {
  readonly wallMs: number
  readonly cpuMs: number
  /** What elle-cli said: `true`, `false` or `unknown`. */
  readonly verdict: string
}

export interface EllePeer {
  judge(file: string, workload: string): PeerTime
  close(): void
}

/** A history in a file that both sides read. */
export function writeEdn(history: History, name: string): {readonly file: string; readonly directory: string} {
  const directory = mkdtempSync(join(tmpdir(), 'chaos-elle-'))
  const file = join(directory, `${name}.edn`)
  writeFileSync(file, [...writeHistory(history.ops, 'edn')].join(''))
  return {file, directory}
}

/** The peer, or why there is none. */
export function ellePeer(): EllePeer | string {
  const jar = process.env['ELLE_CLI_JAR']
  if (jar === undefined) return 'ELLE_CLI_JAR names no elle-cli jar'
  const java = spawnSync('java', ['-version'], {encoding: 'utf8'})
  if (java.status !== 0) return 'there is no java to run ELLE_CLI_JAR with'
  const clock = wallClock()
  const directory = mkdtempSync(join(tmpdir(), 'chaos-elle-cli-'))
  const run = (file: string, workload: string, times: number): PeerTime => {
    const files = Array.from({length: times}, () => file)
    const args = ['-Xmx8g', '-jar', jar, '--model', workload, '--consistency-models', 'strict-serializable', ...files]
    const startNs = clock.nowNs()
    // A shell says what its children took of the processor: `0m1.23s 0m0.45s`, user and system, on its last line.
    const options = {encoding: 'utf8', cwd: directory, timeout: LIMIT_MS, maxBuffer: 1 << 28} as const
    const ran = spawnSync('sh', ['-c', 'java "$@"; times', 'sh', ...args], options)
    const lines = ran.stdout?.trim().split('\n') ?? []
    const used = [...(lines.at(-1) ?? '').matchAll(/(\d+)m([\d.]+)s/g)].map(
      ([, min, s]) => 60_000 * Number(min) + 1000 * Number(s),
    )
    const verdict = lines.at(-3)?.split('\t').at(-1)?.trim() ?? ''
    if (!['true', 'false', 'unknown'].includes(verdict)) {
      throw new Error(`elle-cli said neither true, false nor unknown:\n${ran.stdout}\n${ran.stderr}`)
    }
    return {wallMs: (clock.nowNs() - startNs) / 1e6, cpuMs: used.reduce((sum, ms) => sum + ms, 0), verdict}
  }
  return {
    judge(file, workload) {
      const warming = run(file, workload, WARMING)
      const all = run(file, workload, WARMING + TIMED)
      const further = (after: number, before: number) => Math.max(0, after - before) / TIMED
      return {
        wallMs: further(all.wallMs, warming.wallMs),
        cpuMs: further(all.cpuMs, warming.cpuMs),
        verdict: all.verdict,
      }
    },
    close: () => rmSync(directory, {recursive: true, force: true}),
  }
}
