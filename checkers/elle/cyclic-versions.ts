/** Keys whose versions cannot be ordered as the sources say: version 1 before 2 and 2 before 1. */
import type {Describe} from './describe.ts'
import type {Findings} from './findings.ts'
import type {RegisterOrder} from './register-order.ts'
import {NONE, type Transactions, UNKNOWN} from './transactions.ts'

export function findCyclicVersions(
  order: RegisterOrder,
  transactions: Transactions,
  describe: Describe,
  findings: Findings,
): void {
  for (const {key, versions, sources} of order.cyclic) {
    findings.add('cyclic-versions', () => {
      const values = versions.map((version) => describe.value(version))
      return {
        key,
        transactions: touching(transactions, new Set(versions)),
        sentence: `The versions ${values.join(', ')} of ${describe.key(key)} each precede the other, by ${sources.join(', ')}.`,
        detail: {versions: versions.map((version) => describe.valueData(version)), sources},
      }
    })
  }
}

/** Transactions that read or wrote one of the versions. */
function touching({mopValue, mopTransaction}: Transactions, versions: ReadonlySet<number>): number[] {
  const found = new Set<number>()
  for (let mop = 0; mop < mopValue.length; mop++) {
    if (mopValue[mop] !== UNKNOWN && mopValue[mop] !== NONE && versions.has(mopValue[mop]!))
      found.add(mopTransaction[mop]!)
  }
  return [...found]
}
