/**
 * The directory of a campaign: `campaign.json` says what is to be done, `results.jsonl` gets a line as each job ends, `runs/`
 * holds the runs that were kept. Whatever stops it, the directory is whole, and the campaign can go on where it was.
 */
import {appendFileSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync} from 'node:fs'
import {hostname} from 'node:os'
import {join, relative} from 'node:path'
import {UsageError} from '../../../core/error.ts'
import {quoteWord} from '../../../core/shell.ts'
import {isAlive} from '../../runs.ts'
import {diskError, makeDirectories, writeWhole} from '../../store.ts'
import {cameToEnd} from '../job.ts'
import type {QueueJob, QueueResult, Shard} from './jobs.ts'

const FORMAT = 'chaos.queue/1'
/** Where campaigns are kept unless the operator says otherwise. */
export const CAMPAIGNS_DIRECTORY = '.chaos/campaigns'

export interface CampaignPlan {
  /** When it was begun, ISO 8601. */
  readonly startedAt: string
  /** The seed of all seeds. */
  readonly seed: string
  readonly jobs: readonly QueueJob[]
  /** Which part of a larger campaign this is. */
  readonly shard?: Shard
  /** The parts that were missing when this was put together: `3/5`. Their jobs are not among these. */
  readonly missing?: readonly string[]
}

export class Ledger {
  readonly path: string
  readonly plan: CampaignPlan
  readonly #results = new Map<string, QueueResult>()

  private constructor(path: string, plan: CampaignPlan) {
    this.path = path
    this.plan = plan
  }

  /** Begins a campaign in a new directory. Throws UsageError where one is already. */
  static begin(path: string, plan: CampaignPlan): Ledger {
    if (existsSync(join(path, 'campaign.json'))) {
      throw new UsageError(`${path} already holds a campaign.`, [
        `Go on with it: --resume ${quoteWord(path)}. Or choose another place with -o DIR.`,
      ])
    }
    try {
      makeDirectories(join(path, 'runs'))
    } catch (error) {
      throw diskError('write', path, error)
    }
    writeWhole(join(path, 'campaign.json'), `${JSON.stringify({format: FORMAT, ...plan}, null, 2)}\n`)
    return new Ledger(path, plan)
  }

  /** Opens one that was begun. Throws UsageError for a directory that holds none, or one that is damaged. */
  static open(path: string): Ledger {
    const file = join(path, 'campaign.json')
    if (!existsSync(file))
      throw new UsageError(`${path} holds no campaign.`, ['Expected: a directory with campaign.json.'])
    const {format, ...plan} = parse(readFileSync(file, 'utf8'), file) as CampaignPlan & {format?: string}
    if (format !== FORMAT || !Array.isArray(plan.jobs)) {
      throw new UsageError(`${file} holds no campaign: expected format "${FORMAT}", got ${JSON.stringify(format)}.`)
    }
    const ledger = new Ledger(path, plan)
    ledger.#read()
    return ledger
  }

  #read(): void {
    const file = join(this.path, 'results.jsonl')
    if (!existsSync(file)) return
    const lines = readFileSync(file, 'utf8').split('\n')
    // What follows the last line break was being written when the campaign was killed; that job is simply done again.
    const torn = lines.pop() !== ''
    lines.forEach((line, i) => {
      const result = parse(line, `line ${i + 1} of ${file}`) as QueueResult
      this.#results.set(result.id, result)
    })
    if (torn) this.#whole = lines.map((line) => `${line}\n`).join('')
  }

  /**
   * The lines that are whole, where the last one was cut off. It is mended by whoever goes on with the campaign, not by those who
   * look at it: the process that writes it may be alive.
   */
  #whole: string | undefined

  /** Where kept runs are. */
  get runs(): string {
    return join(this.path, 'runs')
  }

  /** Results in the order of the jobs. */
  get results(): QueueResult[] {
    return this.plan.jobs.flatMap(({id}) => this.#results.get(id) ?? [])
  }

  resultOf(id: string): QueueResult | undefined {
    return this.#results.get(id)
  }

  /** Jobs without a result that counts: one that was interrupted or that the environment failed is done again. */
  get pending(): QueueJob[] {
    return this.plan.jobs.filter(({id}) => {
      const result = this.#results.get(id)
      return result === undefined || !cameToEnd(result)
    })
  }

  /** Keeps a result. Whether it was news: a job that ends a second time counts once. */
  add(result: QueueResult): boolean {
    const known = this.#results.get(result.id)
    if (known !== undefined && cameToEnd(known)) return false
    this.#results.set(result.id, result)
    try {
      mkdirSync(this.path, {recursive: true})
      if (this.#whole !== undefined) writeWhole(join(this.path, 'results.jsonl'), this.#whole)
      this.#whole = undefined
      appendFileSync(join(this.path, 'results.jsonl'), `${JSON.stringify(result)}\n`)
    } catch (error) {
      throw diskError('write', join(this.path, 'results.jsonl'), error)
    }
    return true
  }
}

/**
 * Says that this process works a campaign off; returns how to end that. Two at once would do every job twice. One that was killed
 * leaves its claim behind, which then holds nobody up. Throws UsageError where another process of this machine is at it.
 */
export function claimCampaign(path: string): () => void {
  const file = join(path, 'claim.json')
  const own = {pid: process.pid, host: hostname()}
  const claim = (flag: 'w' | 'wx') => {
    try {
      writeFileSync(file, `${JSON.stringify(own)}\n`, {flag})
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
      throw diskError('write', file, error)
    }
    return true
  }
  if (!claim('wx')) {
    const {pid, host} = claimIn(file)
    if (host === own.host && pid !== own.pid && isAlive(Number(pid))) {
      throw new UsageError(`${path} is being worked off by process ${pid}.`, [
        `Wait for it, or end it; then go on: --resume ${quoteWord(path)}`,
      ])
    }
    claim('w')
  }
  return () => rmSync(file, {force: true})
}

function claimIn(file: string): {readonly pid?: unknown; readonly host?: unknown} {
  try {
    return JSON.parse(readFileSync(file, 'utf8'))
  } catch {
    // Cut off, or gone meanwhile: it is nobody's.
    return {}
  }
}

function parse(text: string, place: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    throw new UsageError(
      `${place} is not JSON.`,
      ['The file is damaged. Results that are whole are kept; begin anew elsewhere.'],
      error,
    )
  }
}

/** The campaigns in a directory, the oldest first. Damaged ones are left out. */
export function campaignsIn(directory: string): Ledger[] {
  if (!existsSync(directory)) return []
  const ledgers = readdirSync(directory).flatMap((name) => {
    try {
      return [Ledger.open(join(directory, name))]
    } catch {
      return []
    }
  })
  return ledgers.sort((left, right) => left.plan.startedAt.localeCompare(right.plan.startedAt))
}

/** As it is seen from here. */
export function pathFromHere(path: string): string {
  return relative(process.cwd(), path) || '.'
}
