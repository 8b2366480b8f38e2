/** Says the selected operation to a screen reader. */
import {faultWords} from '../data/faults.ts'
import {duration, moment} from '../data/time.ts'
import {OUTCOME_WORD} from '../panel/Outcome.tsx'
import type {Store} from '../store.ts'

export function Live({store}: {readonly store: Store}) {
  const {table, payload} = store.report
  const selection = store.selection.value
  let words = ''
  if (selection?.kind === 'op') {
    const {row} = selection
    const took = table.isOpen(row) ? 'never completed' : `took ${duration(table.endNs[row]! - table.startNs[row]!)}`
    words =
      `Operation ${table.index[row]}, process ${table.process(row)}, ${table.words(row, true)}, ` +
      `${OUTCOME_WORD[table.outcome(row)]}, at ${moment(table.startNs[row]!)}, ${took}` +
      `${store.impossible.has(row) ? '. No order explains this operation.' : ''}`
  } else if (selection?.kind === 'fault') {
    const fault = payload.faults[selection.at]
    words = fault === undefined ? '' : `Fault: ${faultWords(fault)}`
  }
  return (
    <div class="offscreen" role="status" aria-live="polite">
      {words}
    </div>
  )
}
