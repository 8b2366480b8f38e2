/** Search, the legend, zoom, and the switch between picture and table. */

import type {Signal} from '@preact/signals'
import {useEffect, useRef} from 'preact/hooks'
import {showCount} from '../../../core/quantities.ts'
import {Icon} from '../shell/Icon.tsx'
import type {Store} from '../store.ts'

interface Props {
  readonly store: Store
  readonly asTable: Signal<boolean>
}

export function Toolbar({store, asTable}: Props) {
  return (
    <div class="toolbar">
      <SearchBox store={store} />
      <Legend functions={store.report.table.facts.functions} />
      <div class="spacer" />
      <fieldset class="segmented" aria-label="Show as">
        <button type="button" aria-pressed={!asTable.value} onClick={() => (asTable.value = false)}>
          Lanes
        </button>
        <button type="button" aria-pressed={asTable.value} onClick={() => (asTable.value = true)}>
          Table
        </button>
      </fieldset>
      <div class="zoom">
        <button type="button" class="icon" title="Zoom out (-)" aria-label="Zoom out" onClick={() => store.zoom(2)}>
          <Icon name="minus" />
        </button>
        <button type="button" class="icon" title="Zoom in (+)" aria-label="Zoom in" onClick={() => store.zoom(0.5)}>
          <Icon name="plus" />
        </button>
        <button type="button" class="quiet" title="Show the whole run (0)" onClick={() => store.look(store.full)}>
          Fit
        </button>
      </div>
    </div>
  )
}

function SearchBox({store}: {readonly store: Store}) {
  const ref = useRef<HTMLInputElement>(null)
  useEffect(() => {
    store.focusSearch = () => ref.current?.focus()
    return () => {
      store.focusSearch = undefined
    }
  }, [store])
  const matches = store.matches.value
  return (
    <div class="search">
      <Icon name="search" />
      <input
        ref={ref}
        type="search"
        aria-label="Search operations"
        placeholder="Search   #4130  p4  x3  write 7  info"
        spellcheck={false}
        value={store.query.value}
        onInput={(event) => (store.query.value = event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key === 'Enter') store.stepEvidence(event.shiftKey ? -1 : 1)
          if (event.key === 'Escape') event.currentTarget.blur()
        }}
      />
      {matches === undefined ? (
        <kbd>/</kbd>
      ) : (
        <span class="count">{matches.length === 0 ? 'none' : `${showCount(matches.length)} found`}</span>
      )}
    </div>
  )
}

function Legend({functions}: {readonly functions: readonly string[]}) {
  const transactions = functions.length > 0 && functions.every((f) => f === 'txn')
  return (
    <ul class="legend" aria-label="Legend">
      <li>
        <i class="swatch ok" /> {transactions ? 'transaction' : 'write'}
      </li>
      {!transactions && (
        <li>
          <i class="swatch read" /> read
        </li>
      )}
      <li>
        <i class="swatch fail" /> failed
      </li>
      <li title="Nobody knows whether it happened; it may take effect at any later time">
        <i class="swatch info" /> unknown
      </li>
    </ul>
  )
}
