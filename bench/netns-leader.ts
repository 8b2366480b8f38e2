/**
 * Measures how long etcd's majority takes until it writes again when its leader is cut off packet by packet, and whether the
 * old leader refuses meanwhile. Writes `netns-leader.json` and its section of docs/clusters.md.
 *
 *     npm run build && node --import tsx bench/netns-leader.ts [runs]
 */
import {mkdtempSync, rmSync, writeFileSync} from 'node:fs'
import {loadavg, tmpdir} from 'node:os'
import {join} from 'node:path'
import {calendarDate} from '../core/clock.ts'
import type {History} from '../core/history.ts'
import {enterNamespace, insideNamespace} from '../hosts/netns/index.ts'
import {FIGURES, type Isolation, type Isolations, isolatedSection} from './netns-leader-section.ts'
import {realRun} from './real-run.ts'
import {writeSection} from './record.ts'

/** What the target is started with (`targets/etcd/program.ts`). */
const ELECTION_MS = 1000

if (insideNamespace()) await measure(Number(process.argv[2] ?? 5))
else process.exitCode = await enterNamespace()

async function measure(count: number): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), 'chaos-netns-leader-'))
  const runs: Isolation[] = []
  let version = ''
  try {
    for (let i = 0; i < count; i++) {
      const {result} = await realRun({
        target: 'etcd',
        settings: {
          ...{links: 'netns', nemesis: 'partition:leader', time: '10s', interval: '11s'},
          ...{rate: '100', output: directory, seed: `isolated-${i}`},
        },
        signal: new AbortController().signal,
      })
      version = result.facts.cluster?.split(',')[0] ?? ''
      const isolation = isolationOf(result.history, result.judgement?.validity ?? 'unknown')
      console.log(JSON.stringify(isolation))
      if (isolation !== undefined) runs.push(isolation)
    }
  } finally {
    rmSync(directory, {recursive: true, force: true})
  }
  const date = calendarDate().toISOString().slice(0, 10)
  const figures: Isolations = {version, date, load: Math.round(loadavg()[0] ?? 0), electionMs: ELECTION_MS, runs}
  writeFileSync(FIGURES, `${JSON.stringify(figures, null, 2)}\n`)
  writeSection(isolatedSection())
}

/** Undefined where the cut was not proved. */
function isolationOf(history: History, verdict: string): Isolation | undefined {
  const window = history.faults.find(({verified}) => verified)
  if (window === undefined) return undefined
  const [leader] = window.victims
  const operations = [...history.operations].filter(({final, startNs}) => !final && startNs > window.startNs)
  const next = operations.find(({f, outcome, node}) => f !== 'read' && outcome === 'ok' && node !== leader)
  const asked = operations.filter(({node, startNs}) => node === leader && startNs < window.endNs)
  const acknowledged = asked.filter(({outcome, endNs}) => outcome === 'ok' && endNs < window.endNs)
  return {
    writesMs: next === undefined ? undefined : Math.round((next.endNs - window.startNs) / 1e6),
    asked: asked.length,
    acknowledged: acknowledged.length,
    verdict,
  }
}
