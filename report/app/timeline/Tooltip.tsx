/** A few words about what the pointer is on; the side panel has the rest. */
import type {ReadonlySignal} from '@preact/signals'
import {duration, moment} from '../data/time.ts'
import {Outcome} from '../panel/Outcome.tsx'
import type {Store} from '../store.ts'
import type {Pointed} from './hit.ts'

interface Props {
  readonly store: Store
  readonly pointed: ReadonlySignal<Pointed | undefined>
}

export function Tooltip({store, pointed}: Props) {
  const at = pointed.value
  if (at === undefined) return null
  const style = {
    transform: `translate(min(${Math.round(at.x + 14)}px, calc(100cqw - 105%)), ${Math.round(at.y + 16)}px)`,
  }
  return (
    <div class="tooltip" style={style} role="presentation">
      {at.hit.kind === 'op' ? (
        <OperationTip store={store} row={at.hit.row} more={at.hit.more} />
      ) : (
        <FaultTip store={store} at={at.hit.at} />
      )}
    </div>
  )
}

function OperationTip({store, row, more}: {readonly store: Store; readonly row: number; readonly more: number}) {
  const {table} = store.report
  const spanNs = table.endNs[row]! - table.startNs[row]!
  return (
    <>
      <div class="tip-title mono">{table.words(row, true)}</div>
      <div class="tip-line">
        <Outcome of={table.outcome(row)} />
        <span>
          #{table.index[row]} · p{table.process(row)}
          {table.node(row) !== '' && ` · ${table.node(row)}`}
        </span>
      </div>
      <div class="tip-line dim">
        {moment(table.startNs[row]!, spanNs)} · {table.isOpen(row) ? 'never completed' : duration(spanNs)}
      </div>
      {more > 0 && <div class="tip-line dim">and {more} more here; zoom in</div>}
    </>
  )
}

function FaultTip({store, at}: {readonly store: Store; readonly at: number}) {
  const fault = store.report.payload.faults[at]!
  return (
    <>
      <div class="tip-title">{fault.fault}</div>
      <div class="tip-line mono">{fault.description}</div>
      <div class="tip-line dim">
        {fault.verified ? 'verified' : 'not verified'} {fault.proof}
      </div>
    </>
  )
}
