/**
 * The seeds that failed, kept from one campaign to the next: run first, preferring those that failed fastest, and let go
 * once they have passed several times in a row.
 */
import {existsSync, readFileSync} from 'node:fs'
import {dirname, resolve} from 'node:path'
import {UsageError} from '../../core/error.ts'
import {diskError, makeDirectories, writeWhole} from '../store.ts'
import {type Canary, type Cell, type CompletedJob, cameToEnd, canaryName, cellName, foundViolation} from './job.ts'

const FORMAT = 'chaos.seeds/1'
/** Seeds kept for each target and workload. */
const KEPT = 5
/** Passes in a row after which a seed has nothing more to tell. */
const ENOUGH_PASSES = 5

export interface KeptSeed {
  readonly target: string
  readonly workload: string
  readonly faults: readonly string[]
  readonly seed: string
  /** The sentence of its violation. */
  readonly sentence: string
  /** How long that run took, ms. */
  readonly tookMs: number
  /** Passes in a row since it last failed. */
  readonly passes: number
}

/** What one campaign leaves for the next. */
export interface CampaignMemory {
  readonly seeds: readonly KeptSeed[]
  /** When each cell, and each canary (`canary raft:stale-read`), was last tested to its end, by its name; ISO 8601. */
  readonly tested: Readonly<Record<string, string>>
}

/** What was kept; nothing where there is no file. Throws UsageError for a file that is not ours. */
export function readMemory(file: string): CampaignMemory {
  if (!existsSync(file)) return {seeds: [], tested: {}}
  try {
    const value = JSON.parse(readFileSync(file, 'utf8')) as {format?: string} & Partial<CampaignMemory>
    const {format, seeds, tested = {}} = value
    if (format === FORMAT && Array.isArray(seeds)) return {seeds, tested}
  } catch (error) {
    throw new UsageError(`${file} is not JSON.`, [], error)
  }
  throw new UsageError(`${file} holds no seeds: expected format "${FORMAT}".`)
}

/** Makes the directory of a file that is to be written. Throws EnvironmentError where it cannot be made. */
export function makeWay(file: string): void {
  try {
    makeDirectories(dirname(resolve(file)))
  } catch (error) {
    throw diskError('write', file, error)
  }
}

/** Throws EnvironmentError where it cannot be written. */
export function writeMemory(file: string, {seeds, tested}: CampaignMemory): void {
  makeWay(file)
  writeWhole(file, `${JSON.stringify({format: FORMAT, seeds, tested}, null, 2)}\n`)
}

/** The cells, or canaries, that were tested least recently first; of those never tested, in their order. */
export function leastRecentFirst<T extends Cell | Canary>(all: readonly T[], {tested}: CampaignMemory): T[] {
  const when = (one: Cell | Canary) => tested['bug' in one ? testedCanary(one) : cellName(one)] ?? ''
  return [...all].sort((left, right) => (when(left) < when(right) ? -1 : when(left) > when(right) ? 1 : 0))
}

function testedCanary({target, bug}: Canary): string {
  return `canary ${canaryName(target, bug)}`
}

/** What is known after one more job. Interrupted jobs and failures of the environment teach nothing. */
export function remember(memory: CampaignMemory, ended: CompletedJob, at: Date): CampaignMemory {
  const {job, sentence, tookMs} = ended
  if (!cameToEnd(ended)) return memory
  const {target, workload, faults, seed, bug} = job
  const name = bug === undefined ? cellName(job) : testedCanary({target, bug})
  const tested = {...memory.tested, [name]: at.toISOString()}
  if (bug !== undefined) return {...memory, tested}
  const seeds = afterRun(memory.seeds, {target, workload, faults, seed, sentence, tookMs}, foundViolation(ended))
  return {seeds, tested}
}

/** The seeds to keep after one more run: a failure enters or is renewed, a pass of a kept seed is counted. */
export function afterRun(seeds: readonly KeptSeed[], run: Omit<KeptSeed, 'passes'>, failed: boolean): KeptSeed[] {
  const same = (kept: KeptSeed) =>
    kept.target === run.target && kept.workload === run.workload && kept.seed === run.seed
  const before = seeds.find(same)
  const others = seeds.filter((kept) => !same(kept))
  if (!failed) {
    if (before === undefined) return others
    const passes = before.passes + 1
    return passes >= ENOUGH_PASSES ? others : [...others, {...before, passes}]
  }
  const group = (kept: KeptSeed) => kept.target === run.target && kept.workload === run.workload
  const rivals = [...others.filter(group), {...run, passes: 0}].sort((left, right) => left.tookMs - right.tookMs)
  return [...others.filter((kept) => !group(kept)), ...rivals.slice(0, KEPT)]
}
