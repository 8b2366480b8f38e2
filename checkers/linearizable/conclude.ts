/**
 * From what was decided of each object to the verdict: what is wrong, told for the first few; what could not be decided, and how
 * far that came; what was counted.
 */

import type {History} from '../../core/history.ts'
import {counted} from '../../core/quantities.ts'
import {type Anomaly, mergeValidity, type Validity, type Verdict} from '../../core/verdict.ts'
import type {Reached, SearchDetail} from '../../core/verdict-detail.ts'
import type {Decision} from './engines/decision.ts'
import type {Halt} from './engines/frontier.ts'
import type {RegisterScribe} from './engines/register/pack.ts'
import {explain} from './explanation/explain.ts'
import type {Model} from './model.ts'
import {INFO, OK, type Track} from './split.ts'
import {type TrustFailure, traceOf} from './trace.ts'

/** What is asked about a record. */
export interface Question {
  readonly history: History
  readonly tracks: readonly Track[]
  readonly model: Model
  readonly trust: TrustFailure | undefined
  readonly scribe: RegisterScribe | undefined
  readonly stories: number
}

/** What ran out, once it has. */
export interface Asked {
  spent: string | undefined
}

/** `decisions` by track; undefined for one that was not judged. */
export function conclude(
  {history, tracks, model, trust, stories}: Question,
  decisions: readonly (Decision | undefined)[],
  asked: Asked,
  halt: Halt,
): Verdict {
  const anomalies: Anomaly[] = []
  const undecided: string[] = []
  const reached: Reached[] = []
  const validities: Validity[] = []
  let steps = 0
  decisions.forEach((decision, t) => {
    const track = tracks[t]!
    if (decision === undefined) return
    validities.push(decision.kind)
    steps += decision.steps
    if (decision.kind === 'unknown') {
      undecided.push(`${nameOf(track)} explained up to event ${decision.reached} of ${track.eventCount}`)
      if (reached.length < stories) reached.push(reachedIn(history, track, decision.reached))
    } else if (decision.kind === 'invalid' && anomalies.length < stories) {
      const trace = traceOf(history.ops, track, model, trust)
      anomalies.push(explain({history, track, model, trace, decision}, halt))
    }
  })
  // The smallest story first: it is the one that is read.
  if (anomalies.length > 1) anomalies.sort((left, right) => sizeOf(left) - sizeOf(right))
  // To look at the clock and at the memory takes as long as a small history.
  if (undecided.length > 0) halt()
  return verdictOf({tracks, model, validities, anomalies, undecided, reached, spent: asked.spent, steps})
}

function reachedIn({ops}: History, track: Track, events: number): Reached {
  const event = track.events[Math.min(events, track.events.length - 1)]!
  const operation = event >> 1
  const position = (event & 1) === 0 ? track.invoke[operation]! : track.complete[operation]!
  return {
    ...(track.key === undefined ? {} : {key: track.key}),
    events,
    of: track.events.length,
    index: ops.at(position)!.index,
  }
}

function sizeOf({counterexample, witness}: Anomaly): number {
  return counterexample?.operations.length ?? witness.length
}

interface Result {
  readonly tracks: readonly Track[]
  readonly model: Model
  readonly validities: readonly Validity[]
  readonly anomalies: readonly Anomaly[]
  readonly undecided: readonly string[]
  readonly reached: readonly Reached[]
  readonly spent: string | undefined
  readonly steps: number
}

/** A record without a single op. */
const NOTHING: Omit<Result, 'model'> = {
  tracks: [],
  validities: [],
  anomalies: [],
  undecided: [],
  reached: [],
  spent: undefined,
  steps: 0,
}

function verdictOf({tracks, model, validities, anomalies, undecided, reached, spent, steps}: Result): Verdict {
  let operations = 0
  let ok = 0
  let pending = 0
  for (const {size, outcome} of tracks) {
    operations += size
    for (let i = 0; i < size; i++) {
      if (outcome[i] === OK) ok++
      else if (outcome[i] === INFO) pending++
    }
  }
  const valid = validities.filter((validity) => validity === 'valid').length
  const keyed = tracks.length > 1 || tracks[0]?.key !== undefined
  const judged = validities.length
  const stopped =
    judged < tracks.length ? `, stopped at the first broken key, ${judged} of ${tracks.length} judged` : ''
  const keys = keyed ? stopped || `, ${valid}/${tracks.length} keys` : ''
  const base = {
    checker: 'linearizable',
    property: 'linearizable',
    kind: 'safety' as const,
    summary: `${model.name}${keys}, ${counted(operations, 'operation')}`,
    anomalies,
    measures: {keys: tracks.length, ...(stopped === '' ? {} : {judged}), operations, ok, pending, searchSteps: steps},
  }
  if (ok === 0) {
    const reason =
      operations === 0 ? 'no operation was recorded' : `none of ${counted(operations, 'operation')} succeeded`
    return {...base, validity: mergeValidity([...validities, 'unknown']), reason: `nothing was tested: ${reason}`}
  }
  const validity = mergeValidity(validities)
  if (undecided.length === 0) return {...base, validity}
  const rest = undecided.length > 3 ? ` and ${undecided.length - 3} more` : ''
  return {
    ...base,
    validity,
    detail: {reached} satisfies SearchDetail,
    reason: `out of ${spent ?? 'room for the search'}: ${undecided.slice(0, 3).join('; ')}${rest}`,
  }
}

function nameOf({key}: Track): string {
  return key === undefined ? 'history' : `key ${key}`
}

/** The verdict on a record without a single op. */
export function emptyVerdict(model: Model): Verdict {
  return verdictOf({model, ...NOTHING})
}
