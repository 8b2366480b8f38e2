/** Everything about the selected operation or fault, on the right of whatever tab is open. */
import {Icon} from '../shell/Icon.tsx'
import type {Store} from '../store.ts'
import {FaultPanel} from './FaultPanel.tsx'
import {OperationPanel} from './OperationPanel.tsx'

export function SidePanel({store}: {readonly store: Store}) {
  const selection = store.selection.value
  if (selection === undefined) return null
  return (
    <aside
      class="panel"
      aria-label="Details"
      key={selection.kind === 'op' ? `op ${selection.row}` : `fault ${selection.at}`}
    >
      <button
        type="button"
        class="icon close"
        aria-label="Close details"
        title="Close (Esc)"
        onClick={() => (store.selection.value = undefined)}
      >
        <Icon name="close" />
      </button>
      {selection.kind === 'op' ? (
        <OperationPanel store={store} row={selection.row} />
      ) : (
        <FaultPanel store={store} at={selection.at} />
      )}
    </aside>
  )
}
