/** A thread of `chaos shrink` and `chaos replay --sim`: tries plans of one run in simulation, one after the other. */
import {followingPlan} from '../../runner/lab/again.ts'
import {type Attempt, attempt} from '../../runner/lab/attempt.ts'
import {trial} from '../../runner/lab/trial.ts'
import type {Plan} from '../../runner/plan.ts'
import {inThread} from '../../runner/threads.ts'
import type {NamedRun} from './past-run.ts'
import {namedRun} from './past-run.ts'

export interface PlanJob {
  /** The run that the plan comes from: whatever the plan does not say is as it was there. */
  readonly directory: string
  readonly config: string | undefined
  readonly plan: Plan
  readonly seed: string
  /** Anomalies of safety properties: then it is judged only as far as they are concerned. */
  readonly wanted?: readonly string[]
}

/** The run as it was when this thread first read it. */
let known: {readonly directory: string; readonly run: Promise<NamedRun>} | undefined

export default inThread(tryPlan)

async function tryPlan({directory, config, plan, seed, wanted}: PlanJob): Promise<Attempt> {
  if (known?.directory !== directory) known = {directory, run: namedRun(directory, {config})}
  const {options} = await known.run
  const following = followingPlan(options, plan, seed)
  return wanted === undefined ? attempt(following, plan) : trial(following, plan, wanted)
}
