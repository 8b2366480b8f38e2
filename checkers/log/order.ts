/** What is wrong with the order in which clients saw or wrote a log: skips, steps back, commits that were not used. */
import type {Operation} from '../../core/op.ts'
import {showValue, type ValueKey} from '../../core/value.ts'
import type {Anomaly} from '../../core/verdict.ts'
import {endIndex, firstPlace, witnessOf} from '../findings/finding.ts'
import type {KeyLayout} from './layout.ts'
import {laterOf, nextOffset, type Offset, previousOffset} from './offset.ts'
import type {Commit, Poll, Records, Send, Step} from './records.ts'

/** Anomalies of every process, over all keys. */
export function orderAnomalies(records: Records, layouts: ReadonlyMap<ValueKey, KeyLayout>): Anomaly[] {
  const anomalies: Anomaly[] = []
  const commits = commitsByKey(records.commits)
  for (const [process, steps] of records.steps) {
    const consumer = new Consumer(process, layouts, commits, anomalies)
    for (const step of steps) consumer.take(step)
  }
  return anomalies
}

/** The commits of one key: how far the group had come, at the least and at the most, at any point of the record. */
class Commits {
  readonly #byReturn: readonly {readonly index: number; readonly furthest: Commit}[]
  readonly #byInvocation: readonly {readonly index: number; readonly furthest: Commit}[]

  constructor(commits: readonly Commit[]) {
    const certain = commits.filter(({operation}) => operation.outcome === 'ok')
    this.#byReturn = furthestBy(certain, ({operation}) => endIndex(operation))
    this.#byInvocation = furthestBy(commits, ({operation}) => operation.invoke.index)
  }

  /** The furthest commit of those that had been acknowledged before an index. */
  returned(index: number): Commit | undefined {
    return lastBefore(this.#byReturn, index)
  }

  /** The furthest commit of those that had been asked for before an index. */
  begun(index: number): Commit | undefined {
    return lastBefore(this.#byInvocation, index)
  }
}

function furthestBy(commits: readonly Commit[], indexOf: (commit: Commit) => number) {
  let furthest: Commit | undefined
  return commits
    .map((commit) => ({index: indexOf(commit), commit}))
    .sort((left, right) => left.index - right.index)
    .map(({index, commit}) => {
      if (furthest === undefined || commit.offset > furthest.offset) furthest = commit
      return {index, furthest}
    })
}

function lastBefore(marks: readonly {readonly index: number; readonly furthest: Commit}[], index: number) {
  return marks[firstPlace(marks.length, (place) => (marks[place] as {index: number}).index >= index) - 1]?.furthest
}

function commitsByKey(commits: readonly Commit[]): Map<ValueKey, Commits> {
  const groups = new Map<ValueKey, Commit[]>()
  for (const commit of commits) {
    const group = groups.get(commit.key)
    if (group === undefined) groups.set(commit.key, [commit])
    else group.push(commit)
  }
  return new Map([...groups].map(([key, group]) => [key, new Commits(group)]))
}

/** Where one operation left off. */
interface Mark {
  readonly offset: Offset
  readonly operation: Operation
}

/** One process: its last send and its position in each key. */
class Consumer {
  readonly #process: unknown
  readonly #layouts: ReadonlyMap<ValueKey, KeyLayout>
  readonly #commits: ReadonlyMap<ValueKey, Commits>
  readonly #anomalies: Anomaly[]
  readonly #sent = new Map<ValueKey, Mark>()
  readonly #polled = new Map<ValueKey, Mark>()
  /** The operation that joined a group since the last poll of a key. */
  #joined: Operation | undefined
  readonly #resumed = new Set<ValueKey>()

  constructor(
    process: unknown,
    layouts: ReadonlyMap<ValueKey, KeyLayout>,
    commits: ReadonlyMap<ValueKey, Commits>,
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
    const name = this.#layouts.get(key)?.name
    const last = this.#sent.get(key)
    this.#sent.set(key, {offset, operation})
    if (last === undefined || offset > last.offset) return
    const within = last.operation === operation
    this.#tell(
      within ? 'nonmonotonic-send-within' : 'nonmonotonic-send',
      `sent to ${name} at offset ${offset} ${within ? 'in one transaction ' : ''}after it had sent at offset ${last.offset}`,
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
        const sentence = `polled offset ${offset} of ${layout.name} after offset ${last.offset}`
        this.#tell(`nonmonotonic-poll${within}`, sentence, [last.operation, operation])
        continue
      }
      if (offset === nextOffset(last.offset)) continue
      const skipped = layout.between(last.offset, offset)
      if (skipped.count === 0) continue
      const shown = skipped.first.map((sighting) => `${showValue(sighting.value)} at ${sighting.offset}`)
      const more = skipped.count > shown.length ? ` and ${skipped.count - shown.length} more` : ''
      this.#tell(
        `poll-skip${within}`,
        `polled offset ${offset} of ${layout.name} right after offset ${last.offset} and skipped ${shown.join(', ')}${more}`,
        [last.operation, operation, skipped.first[0]?.operation],
      )
    }
  }

  /** The first poll of a key after joining a group must start where the group had committed. */
  #resume(key: ValueKey, offset: Offset, operation: Operation, layout: KeyLayout): void {
    const joined = this.#joined
    if (joined === undefined || this.#resumed.has(key)) return
    this.#resumed.add(key)
    const committed = this.#commits.get(key)
    const least = committed?.returned(joined.invoke.index)
    if (least !== undefined && offset < least.offset) {
      this.#tell(
        'commit-ignored',
        `began to poll ${layout.name} at offset ${offset}, although offset ${least.offset} had been committed before it joined`,
        [least.operation, joined, operation],
      )
    }
    // Whatever was committed by the time of the poll, by anybody, is as far as it may have skipped.
    const most = laterOf(0, committed?.begun(endIndex(operation))?.offset ?? 0)
    const skipped = layout.between(previousOffset(most), offset)
    if (skipped.count === 0 || offset <= most) return
    this.#tell(
      'commit-skip',
      `began to poll ${layout.name} at offset ${offset}, although only offsets below ${most} had been committed: it skipped ${showValue(skipped.first[0]?.value)} at ${skipped.first[0]?.offset}`,
      [least?.operation, joined, operation, skipped.first[0]?.operation],
    )
  }

  #tell(type: string, deed: string, operations: readonly (Operation | undefined)[]): void {
    this.#anomalies.push({type, sentence: `Process ${this.#process} ${deed}.`, witness: witnessOf(...operations)})
  }
}
