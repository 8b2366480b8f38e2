/** What is hunted: the bugs of all bundled targets, and the designs that are wrong in themselves. */
import type {Bug, Target} from '../../core/target.ts'

export interface Quarry {
  readonly target: Target
  readonly bug: Bug
}

export function quarries(targets: Readonly<Record<string, Target>>): Quarry[] {
  return Object.values(targets).flatMap((target) =>
    [...target.bugs, ...(target.flaw === undefined ? [] : [target.flaw])].map((bug) => ({target, bug})),
  )
}

/** How it is hunted, in one line: what was measured by another recipe says nothing of this one. */
export function recipeOf({workload, nemesis, options = {}}: Bug): string {
  return [workload, nemesis.join(','), ...Object.entries(options).map(([name, value]) => `${name}=${value}`)].join(' ')
}
