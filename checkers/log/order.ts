/** What is wrong with the order in which clients saw or wrote a log: skips, steps back, commits that were not used. */
import type {Operation} from '../../core/op.ts'
import {showValue, type ValueKey} from '../../core/value.ts'
import type {Anomaly} from '../../core/verdict.ts'
import {endIndex, witnessOf} from '../finding.ts'
import type {KeyLayout} from './layout.ts'
import type {Commit, Poll, Records, Send, Step} from './records.ts'

/** Anomalies of every process, over all keys. */
export function orderAnomalies(records: Records, layouts: ReadonlyMap<ValueKey, KeyLayout>): Anomaly[] {
  const anomalies: Anomaly[] = []
  for (const [process, steps] of records.steps) {
    const consumer = new Consumer(process, layouts, records.commits, anomalies)
    for (const step of steps) consumer.take(step)
  }
  return anomalies
}

/** Where one operation left off. */
interface Mark {
  readonly offset: number
  readonly operation: Operation
}

/** One process: its last send and its position in each key. */
class Consumer {
  readonly #process: unknown
  readonly #layouts: ReadonlyMap<ValueKey, KeyLayout>
  readonly #commits: readonly Commit[]
  readonly #anomalies: Anomaly[]
  readonly #sent = new Map<ValueKey, Mark>()
  readonly #polled = new Map<ValueKey, Mark>()
  /** The operation that joined a group since the last poll of a key. */
  #joined: Operation | undefined
  readonly #resumed = new Set<ValueKey>()

  constructor(
    process: unknown,
    layouts: ReadonlyMap<ValueKey, KeyLayout>,
    commits: readonly Commit[],
    anomalies: Anomaly[],
  ) {
    this.#process = process
    this.#layouts = layouts
    this.#commits = commits
    this.#anomalies = anomalies
  }

  take(step: Step): void {
    if (step.kind === 'send') this.#send(step.send)
    else if (step.kind === 'poll') this.#poll(step.poll)
    else {
      this.#polled.clear()
      this.#resumed.clear()
      this.#joined = step.resumes ? step.operation : undefined
    }
  }

  #send({key, offset, operation}: Send): void {
    if (offset === undefined) return
    const last = this.#sent.get(key)
    this.#sent.set(key, {offset, operation})
    if (last === undefined || offset > last.offset) return
    const within = last.operation === operation
    this.#tell(
      within ? 'nonmonotonic-send-within' : 'nonmonotonic-send',
      `sent to ${showValue(key)} at offset ${offset} ${within ? 'in one transaction ' : ''}after it had sent at offset ${last.offset}`,
      [last.operation, operation],
    )
  }

  #poll({key, records, operation}: Poll): void {
    const layout = this.#layouts.get(key) as KeyLayout
    const [first] = records
    if (first !== undefined) this.#resume(key, first.offset, operation, layout)
    for (const {offset} of records) {
      const last = this.#polled.get(key)
      this.#polled.set(key, {offset, operation})
      if (last === undefined) continue
      const within = last.operation === operation ? '-within' : ''
      if (offset <= last.offset) {
        const sentence = `polled offset ${offset} of ${showValue(key)} after offset ${last.offset}`
        this.#tell(`nonmonotonic-poll${within}`, sentence, [last.operation, operation])
        continue
      }
      const skipped = layout.between(last.offset, offset)
      if (skipped.length === 0) continue
      const shown = skipped.slice(0, 5).map((sighting) => `${showValue(sighting.value)} at ${sighting.offset}`)
      const more = skipped.length > 5 ? ` and ${skipped.length - 5} more` : ''
      this.#tell(
        `poll-skip${within}`,
        `polled offset ${offset} of ${showValue(key)} right after offset ${last.offset} and skipped ${shown.join(', ')}${more}`,
        [last.operation, operation, skipped[0]?.operation],
      )
    }
  }

  /** The first poll of a key after joining a group must start where the group had committed. */
  #resume(key: ValueKey, offset: number, operation: Operation, layout: KeyLayout): void {
    const joined = this.#joined
    if (joined === undefined || this.#resumed.has(key)) return
    this.#resumed.add(key)
    const mine = this.#commits.filter((commit) => commit.key === key)
    const before = mine.filter((commit) => endIndex(commit.operation) < joined.invoke.index)
    const least = before.reduce<Commit | undefined>(
      (best, commit) => (best === undefined || commit.offset > best.offset ? commit : best),
      undefined,
    )
    if (least !== undefined && offset < least.offset) {
      this.#tell(
        'commit-ignored',
        `began to poll ${showValue(key)} at offset ${offset}, although offset ${least.offset} had been committed before it joined`,
        [least.operation, joined, operation],
      )
    }
    // Whatever was committed by the time of the poll, by anybody, is as far as it may have skipped.
    const possible = mine.filter((commit) => commit.operation.invoke.index < endIndex(operation))
    const most = Math.max(0, ...possible.map((commit) => commit.offset))
    const skipped = layout.between(most - 1, offset)
    if (skipped.length === 0 || offset <= most) return
    this.#tell(
      'commit-skip',
      `began to poll ${showValue(key)} at offset ${offset}, although only offsets below ${most} had been committed: it skipped ${showValue(skipped[0]?.value)} at ${skipped[0]?.offset}`,
      [least?.operation, joined, operation, skipped[0]?.operation],
    )
  }

  #tell(type: string, deed: string, operations: readonly (Operation | undefined)[]): void {
    this.#anomalies.push({type, sentence: `Process ${this.#process} ${deed}.`, witness: witnessOf(...operations)})
  }
}
