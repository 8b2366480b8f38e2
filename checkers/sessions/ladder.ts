/**
 * The ladder: which is the strongest consistency model that a history of registers supports, and why not the next one up?
 *
 *     linearizable → sequential → causal → PRAM → read your writes, monotonic writes, monotonic reads
 *                                   └→ writes follow reads
 *
 * plus *convergent* beside them (final reads of all nodes agree). A model that holds implies those below it, which are then
 * not judged again. The verdict names the strongest that hold, and of those just above, why each does not.
 *
 * Proves, where it says that a model is broken, what that model's own checker proves. Cannot see: that a system *keeps* a model;
 * a history shows it only for the schedule that it recorded. Throws UsageError where written values are not unique, unless the
 * history is linearizable.
 *
 * Viotti & Vukolić 2016 for the order of the models; each one's definition is with its own checker.
 */

import type {Checker, CheckOptions} from '../../core/checker.ts'
import type {History} from '../../core/history.ts'
import type {Verdict} from '../../core/verdict.ts'
import type {Rung as RungDetail} from '../../core/verdict-detail.ts'
import {verdictOf} from '../findings/finding.ts'
import {linearizable} from '../linearizable/index.ts'
import {convergence} from '../replicas/convergence.ts'
import {isRegisterLike} from './accesses.ts'
import {sequentialConsistency, session} from './index.ts'

/** The models, strongest first, each with those directly below it. */
const BELOW = {
  linearizable: ['sequential', 'convergent'],
  sequential: ['causal'],
  causal: ['pram', 'writes-follow-reads'],
  pram: ['read-your-writes', 'monotonic-writes', 'monotonic-reads'],
  'writes-follow-reads': ['monotonic-reads'],
  'read-your-writes': ['monotonic-reads'],
  'monotonic-writes': ['monotonic-reads'],
  'monotonic-reads': [],
  convergent: [],
} as const satisfies Readonly<Record<string, readonly string[]>>

export type LadderModel = keyof typeof BELOW

const MODELS = Object.keys(BELOW) as readonly LadderModel[]

/** One step of the ladder. */
export interface Rung extends RungDetail {
  readonly model: LadderModel
}

export interface LadderOptions {
  /** The model that is promised: the verdict is invalid where it does not hold. Without one the ladder only informs. */
  readonly claim?: LadderModel
}

export function ladder(options: LadderOptions = {}): Checker {
  return {
    name: 'ladder',
    description: 'registers: the strongest consistency model that holds, and why not the next one up',
    async check(history, checkOptions) {
      const property = options.claim ?? 'strongest model'
      const common = {checker: 'ladder', property, kind: 'safety' as const}
      if (!isRegisterLike(history) || history.operations.every(({f, outcome}) => f !== 'read' || outcome !== 'ok')) {
        return verdictOf({...common, summary: 'no reads of registers', reason: 'The ladder needs reads of registers.'})
      }
      const {rungs, verdicts} = await climb(history, checkOptions)
      const standing = rungs.filter(({validity}) => validity === 'valid').map(({model}) => model)
      const strongest = standing.filter((model) => !standing.some((other) => implies(other, model)))
      const summary = strongest.length === 0 ? 'no model holds' : `strongest: ${strongest.join(' and ')}`
      const judged = options.claim === undefined ? undefined : rungs.find(({model}) => model === options.claim)
      const broken =
        strongest.length === 0 ? 'monotonic-reads' : judged?.validity === 'invalid' ? judged.model : undefined
      const unknown = judged?.validity === 'unknown' ? judged.sentence : undefined
      return verdictOf({
        ...common,
        summary,
        anomalies: broken === undefined ? [] : (verdicts.get(broken)?.anomalies ?? []),
        reason: unknown,
        measures: {strongest: strongest.join(', ') || 'none'},
        detail: {strongest, rungs, next: nextUp(rungs, strongest)},
      })
    },
  }
}

/** Judges from the top down; what is implied is not judged. */
async function climb(history: History, checkOptions: CheckOptions | undefined) {
  const verdicts = new Map<LadderModel, Verdict>()
  const rungs: Rung[] = []
  for (const model of MODELS) {
    if (rungs.some((rung) => rung.validity === 'valid' && implies(rung.model, model))) {
      rungs.push({model, validity: 'valid', implied: true})
      continue
    }
    const broken = verdicts.get('linearizable')?.validity === 'invalid'
    const verdict = await checkerOf(model, broken).check(history, checkOptions)
    verdicts.set(model, verdict)
    const sentence = verdict.anomalies[0]?.sentence ?? verdict.reason
    rungs.push({model, validity: verdict.validity, implied: false, ...(sentence === undefined ? {} : {sentence})})
  }
  return {rungs, verdicts}
}

function checkerOf(model: LadderModel, notLinearizable: boolean): Checker {
  if (model === 'linearizable') return linearizable({model: 'cas-register'})
  if (model === 'sequential') return sequentialConsistency({notLinearizable})
  return model === 'convergent' ? convergence() : session(model)
}

/** Whether the one model is stronger than the other. */
export function implies(stronger: LadderModel, weaker: LadderModel): boolean {
  const below: readonly LadderModel[] = BELOW[stronger]
  return below.some((model) => model === weaker || implies(model, weaker))
}

/** The broken models just above the strongest that hold, each with the reason. */
function nextUp(rungs: readonly Rung[], strongest: readonly LadderModel[]): Rung[] {
  return rungs.filter(
    ({model, validity}) =>
      validity !== 'valid' &&
      (strongest.length === 0 || BELOW[model].some((below) => strongest.includes(below)) || model === 'convergent'),
  )
}
