/**
 * Keys whose versions cannot be ordered as the sources say: version 1 before 2 and 2 before 1. Shown as the shortest circle,
 * with the transactions that each step rests on.
 */
import type {Describe} from './describe.ts'
import type {Finding, Findings} from './findings.ts'
import type {CyclicVersions, RegisterOrder} from './register-order.ts'
import {NONE, writerOf} from './transactions.ts'
import {type VersionStep, versionCycle} from './version-cycle.ts'

export function findCyclicVersions(order: RegisterOrder, describe: Describe, findings: Findings): void {
  for (const cyclic of order.cyclic) findings.add('cyclic-versions', () => cyclicVersions(cyclic, describe))
}

function cyclicVersions({key, versions, sources}: CyclicVersions, describe: Describe): Omit<Finding, 'type'> {
  const steps = versionCycle(versions, sources)
  const values = steps.map((step) => describe.value(step.from))
  const transactions = [...new Set(steps.flatMap(({before, after}) => [before, after]))].filter((t) => t !== NONE)
  const names = [...new Set(steps.map((step) => step.source))]
  const circle = values.length === 2 ? 'must each precede the other' : 'must precede each other in a circle'
  return {
    key,
    transactions,
    sentence: `the versions ${values.slice(0, -1).join(', ')} and ${values.at(-1)} of ${describe.key(key)} ${circle} (by ${names.join(', ')}).`,
    why: [
      ...transactions.map((t) => describe.transaction(t)),
      ...steps.map((step, i) => line(step, i, steps.length, describe)),
    ],
    detail: {
      versions: steps.map((step) => describe.valueData(step.from)),
      steps: steps.map(({from, to, source}) => ({from: describe.valueData(from), to: describe.valueData(to), source})),
      sources: names,
    },
  }
}

function line(step: VersionStep, i: number, count: number, describe: Describe): string {
  const isLast = i === count - 1
  const head = isLast ? 'However, ' : i === 0 ? 'Now ' : 'and '
  return `${head}${describe.value(step.from)} < ${describe.value(step.to)}, because ${because(step, describe)}${isLast ? ': a contradiction!' : ''}`
}

function because({from, to, source, before, after}: VersionStep, describe: Describe): string {
  if (before === NONE) return 'every version follows the initial one'
  const {transactions} = describe
  const met = (t: number, version: number) =>
    `${writerOf(transactions, version) === t ? 'wrote' : 'read'} ${describe.value(version)}`
  const [earlier, later] = [describe.name(before), describe.name(after)]
  if (before === after) return `${earlier} ${met(before, from)} before it ${met(after, to)}`
  if (source === 'sequential-keys') {
    return `process ${transactions.process[before]} ${met(before, from)} (${earlier}) before it ${met(after, to)} (${later})`
  }
  if (source === 'transaction-order') {
    return `the store committed ${earlier}, which ${met(before, from)}, before ${later}, which ${met(after, to)}`
  }
  const completed = transactions.completeIndex[before]
  return `${earlier}, which ${met(before, from)}, had completed (#${completed}) before ${later}, which ${met(after, to)}, was invoked`
}
