/** Which anomaly is shown, when there are several: by type, in the order of the verdict, which puts the worst first. */
import {showCount} from '../../../core/quantities.ts'
import type {Case} from '../data/cases.ts'
import {Icon} from '../shell/Icon.tsx'
import type {Store} from '../store.ts'

interface Props {
  readonly store: Store
  /** Positions among the store's cases. */
  readonly cases: readonly number[]
  readonly current: number | undefined
}

export function CaseList({store, cases, current}: Props) {
  return (
    <nav class="cases" aria-label="Anomalies">
      {groupsOf(store, cases).map((group) => {
        const [first] = group.cases
        const {anomaly, verdict} = store.cases[first!]!
        return (
          <section key={first}>
            <h3>
              <span class={anomaly === undefined ? 'unknown' : 'invalid'}>
                <Icon name={anomaly === undefined ? 'unknown' : 'invalid'} />
              </span>
              {group.title}
              {group.count !== '' && <span class="count">{group.count}</span>}
            </h3>
            {group.cases.map((at) => (
              <button
                type="button"
                key={at}
                aria-current={current === at}
                onClick={() => {
                  store.caseAt.value = at
                  store.selection.value = undefined
                }}
              >
                {lineOf(store.cases[at]!, verdict.property)}
              </button>
            ))}
          </section>
        )
      })}
    </nav>
  )
}

interface Group {
  readonly title: string
  /** How many were found, shown or not; empty for a single one. */
  readonly count: string
  readonly cases: number[]
}

function groupsOf(store: Store, cases: readonly number[]): Group[] {
  const groups = new Map<string, Group>()
  for (const at of cases) {
    const {anomaly, verdict} = store.cases[at]!
    const title = anomaly?.type ?? verdict.property
    const id = `${verdict.checker} ${verdict.property} ${title}`
    const group = groups.get(id)
    if (group !== undefined) group.cases.push(at)
    else groups.set(id, {title, count: countOf(store.cases[at]!), cases: [at]})
  }
  return [...groups.values()]
}

/** Checkers list some anomalies of a type and count the rest. */
function countOf({anomaly, verdict}: Case): string {
  const counted = anomaly === undefined ? undefined : verdict.measures?.[`${anomaly.type} (count)`]
  if (typeof counted === 'number') return counted > 1 ? showCount(counted) : ''
  if (counted !== undefined) return counted
  const same = verdict.anomalies.filter(({type}) => type === anomaly?.type).length
  return same > 1 ? showCount(same) : ''
}

function lineOf({anomaly, verdict}: Case, property: string): string {
  if (anomaly === undefined) return verdict.reason ?? property
  return anomaly.sentence
}
