/** The section of docs/clusters.md on a leader that is cut off packet by packet, from what `bench/netns-leader.ts` has measured. */
import {existsSync, readFileSync} from 'node:fs'

const HEADING = '## A leader cut off by packets'
export const FIGURES: URL = new URL('./netns-leader.json', import.meta.url)

export interface Isolation {
  /** From the cut's proof until a write was acknowledged by another node that had been asked for after it, ms. */
  readonly writesMs: number | undefined
  /** Operations that were asked of the leader during the cut, and how many of them it acknowledged. */
  readonly asked: number
  readonly acknowledged: number
  readonly verdict: string
}

export interface Isolations {
  readonly version: string
  readonly date: string
  readonly load: number
  readonly electionMs: number
  readonly runs: readonly Isolation[]
}

/** Lines of the page; none where nothing was measured. */
export function isolatedSection(): string[] {
  if (!existsSync(FIGURES)) return []
  const {version, date, load, electionMs, runs} = JSON.parse(readFileSync(FIGURES, 'utf8')) as Isolations
  const seconds = runs.map(({writesMs}) =>
    writesMs === undefined ? 'not before the end' : `${(writesMs / 1000).toFixed(1)} s`,
  )
  const [asked, acknowledged] = [sum(runs.map((run) => run.asked)), sum(runs.map((run) => run.acknowledged))]
  return [
    HEADING,
    '',
    `${version}, three nodes under \`--links netns\`, its leader cut off from both others by dropped packets (\`partition:leader\`,`,
    `${runs.length} runs on ${date}, load ${load}; \`node --import tsx bench/netns-leader.ts\`). Election time-out: ${electionMs} ms, after which followers`,
    'wait for up to as long again at random.',
    '',
    `- The majority acknowledged a new write ${seconds.join(', ')} after the cut was proved.`,
    `- The minority refused: of ${asked} operations asked of the old leader during the cut, reads included, ${acknowledged} were acknowledged.`,
    `- Verdicts: ${runs.map(({verdict}) => verdict).join(', ')}.`,
    '',
  ]
}

const sum = (numbers: readonly number[]): number => numbers.reduce((all, one) => all + one, 0)
