/** Findings as a verdict: what breaks the requirement is reported, the rest is known; nothing tested is unknown. */
import {counted} from '../../core/quantities.ts'
import type {Anomaly, Verdict} from '../../core/verdict.ts'
import type {ConsistencyDetail} from '../../core/verdict-detail.ts'
import {type AnomalyType, CYCLES, type CycleType, modelsRuledOutBy, titleOf} from './anomalies.ts'
import type {Describe} from './describe.ts'
import type {Finding, Findings} from './findings.ts'
import {breaks, type Standing, standingOf} from './judgement.ts'
import type {CheckSettings} from './settings.ts'
import type {Transactions} from './transactions.ts'

/** `Verdict.detail` of both checkers. */
export interface ElleDetail extends Standing, Omit<ConsistencyDetail, keyof Standing> {
  /** Every type of anomaly that was found and breaks the promise, sorted. */
  readonly anomalyTypes: readonly AnomalyType[]
  /** Those that were found and do not. */
  readonly allowed: readonly AnomalyType[]
  /** Those that the budget did not suffice to look for. */
  readonly undecided: readonly AnomalyType[]
  /** Dependencies between transactions (ww, wr, rw): without any, no model was put to the test. */
  readonly dependencies: number
}

/** `undecided` are the cycles that there was no budget to look for. */
export function verdictOf(
  transactions: Transactions,
  findings: Findings,
  settings: CheckSettings,
  dependencies: number,
  undecided: ReadonlySet<CycleType>,
  describe: Describe,
): Verdict {
  const {requirement, orders, checker} = settings
  const found = standingOf(findings.types, orders)
  // Without a dependency no cycle could have shown: what is not ruled out was not put to the test.
  const standing = dependencies === 0 ? {...found, strongest: []} : found
  const anomalyTypes = findings.types.filter((type) => breaks(type, requirement))
  const anomalies = bySeverity(anomalyTypes).flatMap((type) =>
    findings.examplesOf(type).map((finding) => anomalyOf(finding, describe)),
  )
  const open = [...undecided].filter((type) => breaks(type, requirement))
  const reason =
    anomalies.length > 0
      ? undefined
      : transactions.count === 0
        ? 'There are no transactions: nothing was tested.'
        : dependencies === 0
          ? 'No transaction depends on another (no read saw what another wrote): nothing was tested.'
          : open.length > 0
            ? `The budget ran out before it was known whether there is a ${open.join(' or a ')}.`
            : undefined
  const detail: ElleDetail = {
    models: requirement.models,
    anomalyTypes,
    allowed: findings.types.filter((type) => !anomalyTypes.includes(type)),
    undecided: [...undecided].sort(),
    dependencies,
    ...standing,
  }
  const holds =
    standing.strongest.length > 0
      ? `strongest model still standing: ${standing.strongest.join(', ')}`
      : dependencies === 0
        ? `no ${found.not.length > 0 ? 'other ' : ''}model was put to the test`
        : 'no model is left standing'
  const measures = Object.fromEntries(findings.types.map((type) => [`${type} (count)`, countOf(type, findings)]))
  return {
    checker,
    property: [...requirement.models, ...requirement.anomalies.map((name) => `no ${name}`)].join(', '),
    kind: 'safety',
    validity: anomalies.length > 0 ? 'invalid' : reason === undefined ? 'valid' : 'unknown',
    summary: `${counted(transactions.count, 'transaction')} on ${counted(transactions.keys.length, 'key')} (${holds})`,
    anomalies,
    ...(reason === undefined ? {} : {reason}),
    ...(findings.types.length === 0 ? {} : {measures}),
    detail,
  }
}

/** Cycles are not searched for their number: enough is enough. */
function countOf(type: AnomalyType, findings: Findings): number | string {
  const count = findings.countOf(type)
  const isCycle = CYCLES.some((base) => type === base || type.startsWith(`${base}-`))
  return isCycle && findings.isFull(type) ? `${count} or more` : count
}

/** What rules out most comes first; of equals, what needs no graph. */
function bySeverity(types: readonly AnomalyType[]): AnomalyType[] {
  const weight = (type: AnomalyType) => modelsRuledOutBy(type).size
  const isCycle = (type: AnomalyType) => Number((CYCLES as readonly string[]).includes(type))
  return [...types].sort(
    (left, right) => weight(right) - weight(left) || isCycle(left) - isCycle(right) || (left < right ? -1 : 1),
  )
}

/** Cycles name themselves; of the others, a code is put into words. */
function nameOf(type: AnomalyType): string {
  if (CYCLES.some((base) => type.startsWith(base))) return ''
  return /^G\d/.test(type) ? `${type} (${titleOf(type)}): ` : `${type}: `
}

function anomalyOf(finding: Finding, describe: Describe): Anomaly {
  const {not} = standingOf([finding.type], [])
  return {
    type: finding.type,
    sentence: `${nameOf(finding.type)}${finding.sentence}${not.length > 0 ? ` Rules out ${not.join(' and ')}.` : ''}`,
    ...(finding.key === undefined ? {} : {key: describe.key(finding.key)}),
    witness: describe.witness(finding.transactions),
    ...(finding.why === undefined ? {} : {why: finding.why}),
    ...(finding.detail === undefined ? {} : {detail: finding.detail}),
  }
}
