/** What was read of one list, the shortest first: in a sound history each is the beginning of the next. */

import {showCount} from '../../../core/quantities.ts'
import type {ReadsTable} from '../../payload.ts'
import type {Store} from '../store.ts'

export function Reads({store, reads}: {readonly store: Store; readonly reads: ReadsTable}) {
  const {key, rows} = reads
  return (
    <section class="reads">
      <h3>
        What was read of <span class="mono">{key}</span>
      </h3>
      <p class="dim">
        {showCount(reads.reads)} {reads.reads === 1 ? 'read' : 'reads'} saw {showCount(reads.lists)} different{' '}
        {reads.lists === 1 ? 'list' : 'lists'}
        {rows.length < reads.lists && `, of which ${rows.length} are shown`}. Elements that the longest list has
        elsewhere, or that come twice, are <span class="off">marked</span>.
      </p>
      <div class="reads-scroll" data-scrolls>
        <table>
          <thead>
            <tr>
              <th scope="col">Length</th>
              <th scope="col">First read by</th>
              <th scope="col">Times</th>
              <th scope="col">List</th>
            </tr>
          </thead>
          <tbody>
            {rows.map((row) => {
              const at = store.report.table.rowOf(row.index)
              const who = `#${row.index} p${row.process}`
              return (
                <tr key={row.index}>
                  <td>{row.length}</td>
                  <td>
                    {at === undefined ? (
                      who
                    ) : (
                      <button type="button" class="op-link" onClick={() => store.select(at)}>
                        {who}
                      </button>
                    )}
                  </td>
                  <td>{row.count}</td>
                  <td class="cells mono">
                    {row.length === 0 && <span class="dim">empty</span>}
                    {row.cells.map(([text, kind], place) =>
                      kind === 1 ? (
                        <mark key={place} class="off">
                          {text}
                        </mark>
                      ) : (
                        <span key={place} class={kind === 2 ? 'dim' : ''}>
                          {text}
                        </span>
                      ),
                    )}
                  </td>
                </tr>
              )
            })}
          </tbody>
        </table>
      </div>
    </section>
  )
}
