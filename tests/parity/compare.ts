/** What simulated clients may see of a target, over some seeds, and what real ones saw beyond that. */
import type {Target} from '../../core/target.ts'
import {DIFFERENCES, type Difference} from './differences.ts'
import {ordeal, type Seen, type Situation} from './situations.ts'
import {inSimulation} from './trial.ts'

/** For each question asked the answers seen, and in how many runs. */
export type Answers = ReadonlyMap<string, ReadonlyMap<string, number>>

export function gathered(runs: readonly Seen[]): Answers {
  const answers = new Map<string, Map<string, number>>()
  for (const run of runs) {
    for (const [asked, answer] of Object.entries(run)) {
      const seen = answers.get(asked) ?? new Map<string, number>()
      answers.set(asked, seen.set(answer, (seen.get(answer) ?? 0) + 1))
    }
  }
  return answers
}

export async function simulatedAnswers(
  target: Target,
  seeds: number,
  situations: readonly Situation[],
): Promise<Answers> {
  const runs: Seen[] = []
  for (let seed = 0; seed < seeds; seed++) {
    runs.push(await inSimulation(target, {}, `parity ${seed}`, (trial) => ordeal(trial, situations)))
  }
  return gathered(runs)
}

/** Answers of `some` that are not among those of `others`, in words, but for those that are known and have a reason. */
export function beyond(target: string, world: Difference['only'], some: Answers, others: Answers): string[] {
  const admitted = DIFFERENCES.filter((each) => each.only === world && each.targets.test(target))
  return [...some].flatMap(([asked, answers]) =>
    [...answers.keys()]
      .filter((answer) => !others.get(asked)?.has(answer))
      .filter((answer) => !admitted.some((each) => each.asked.test(asked) && each.answer.test(answer)))
      .map((answer) => `${asked}: ${answer}, not ${[...(others.get(asked)?.keys() ?? ['asked'])].join(' or ')}`),
  )
}
