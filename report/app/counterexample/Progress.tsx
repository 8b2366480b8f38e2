/** How far the search for an order came before its budget ended, object by object. */

import {showCount} from '../../../core/quantities.ts'
import type {Reached} from '../../../core/verdict-detail.ts'
import type {Store} from '../store.ts'

export function Progress({store, reached}: {readonly store: Store; readonly reached: readonly Reached[]}) {
  const {table} = store.report
  return (
    <section class="progress">
      <h3>How far the search came</h3>
      <ul>
        {reached.map(({key, events, of, index}) => {
          const row = table.rowOf(index)
          return (
            <li key={String(key)}>
              <span class="mono">{key === undefined ? 'history' : String(key)}</span>
              <meter min={0} max={of} value={events} aria-label={`${events} of ${of} events explained`} />
              <span>
                {showCount(events)} of {showCount(of)} events have an order
              </span>
              {row !== undefined && (
                <button type="button" class="op-link" onClick={() => showThere(store, row)}>
                  it stood at #{index}
                </button>
              )}
            </li>
          )
        })}
      </ul>
    </section>
  )
}

function showThere(store: Store, row: number): void {
  store.tab.value = 'timeline'
  store.lookAt([row])
  store.select(row)
}
