/** One operation: its fields, what the argument says of it, what ran beside it, and what the nodes logged meanwhile. */
import {linkTo} from '../address.ts'
import {faultWords} from '../data/faults.ts'
import {concurrentWith, stepsOf} from '../data/neighbours.ts'
import {duration, moment} from '../data/time.ts'
import {Copy} from '../shell/Copy.tsx'
import type {Store} from '../store.ts'
import {NearbyLogs} from './NearbyLogs.tsx'
import {Outcome} from './Outcome.tsx'

interface Props {
  readonly store: Store
  readonly row: number
}

export function OperationPanel({store, row}: Props) {
  const {table} = store.report
  const index = table.index[row]!
  const completion = table.completion(row)
  const spanNs = table.endNs[row]! - table.startNs[row]!
  const facts: [string, string][] = [
    ['Process', `p${table.process(row)}`],
    ['Node', table.node(row)],
    ['Key', table.key(row)],
    ['Asked', moment(table.startNs[row]!, spanNs)],
    ['Answered', table.isOpen(row) ? 'never' : `${moment(table.endNs[row]!, spanNs)}, op #${completion}`],
    ['Took', table.isOpen(row) ? '' : duration(spanNs)],
    ['Error', table.error(row)],
    ['Phase', table.isFinal(row) ? 'final reads, after everything healed' : ''],
  ]
  return (
    <div class="panel-body">
      <header>
        <div class="panel-kind">
          Operation #{index} <Outcome of={table.outcome(row)} />
        </div>
        <h2 class="mono">{table.words(row, true)}</h2>
        {store.impossible.has(row) && <p class="impossible-note">No order of the operations explains this one.</p>}
      </header>
      <dl class="facts">
        {facts
          .filter(([, value]) => value !== '')
          .map(([name, value]) => (
            <div key={name}>
              <dt>{name}</dt>
              <dd>{value}</dd>
            </div>
          ))}
      </dl>
      <States store={store} row={row} />
      <Faults store={store} row={row} />
      <Concurrent store={store} row={row} />
      <NearbyLogs store={store} row={row} />
      <footer>
        <Copy text={() => linkTo(index)} label="Copy link" />
        <button
          type="button"
          class="quiet"
          onClick={() => {
            store.tab.value = 'timeline'
            store.lookAt([row])
          }}
        >
          Show in timeline
        </button>
      </footer>
    </div>
  )
}

/** The state before and after, where a partial linearization holds this operation. */
function States({store, row}: Props) {
  const steps = stepsOf(store.cases[store.caseAt.value], store.report.table.index[row]!)
  if (steps === undefined) return null
  return (
    <section>
      <h3>State</h3>
      <p class="mono states">
        <span class="state">{steps.before}</span> → <span class="state">{steps.after}</span>
      </p>
    </section>
  )
}

function Faults({store, row}: Props) {
  const {payload, table} = store.report
  const [startNs, endNs] = [table.startNs[row]!, table.endNs[row]!]
  const during = payload.faults.flatMap((fault, at) =>
    fault.startNs <= endNs && (fault.endNs ?? Number.POSITIVE_INFINITY) >= startNs ? [{fault, at}] : [],
  )
  if (during.length === 0) return null
  return (
    <section>
      <h3>Meanwhile</h3>
      <ul class="rows">
        {during.slice(0, 6).map(({fault, at}) => (
          <li key={at}>
            <button type="button" onClick={() => (store.selection.value = {kind: 'fault', at})}>
              <span class="mono">{faultWords(fault)}</span>
            </button>
          </li>
        ))}
      </ul>
    </section>
  )
}

function Concurrent({store, row}: Props) {
  const {table} = store.report
  const {rows, more} = concurrentWith(table, row, 12)
  if (rows.length === 0) return null
  const key = table.key(row)
  return (
    <section>
      <h3>{key === '' ? 'Concurrent' : `Concurrent on ${key}`}</h3>
      <ul class="rows">
        {rows.map((other) => (
          <li key={other}>
            <button type="button" onClick={() => store.select(other)}>
              <span class="dim">#{table.index[other]}</span> p{table.process(other)}{' '}
              <span class="mono">{table.words(other, false)}</span> <Outcome of={table.outcome(other)} />
            </button>
          </li>
        ))}
      </ul>
      {more > 0 && <p class="dim">and {more} more</p>}
    </section>
  )
}
