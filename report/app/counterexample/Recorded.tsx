/** The operations of a case in full, where the drawing has only room for the beginning of what they said. */
import {Outcome} from '../panel/Outcome.tsx'
import type {Store} from '../store.ts'
import {type CaseScene, labelOf} from './scene.ts'

/** More than this is no story any more; the timeline and the table have them all. */
const LIMIT = 20

export function Recorded({store, scene}: {readonly store: Store; readonly scene: CaseScene}) {
  const {table} = store.report
  if (scene.operations.every(({row}) => table.words(row, false) === labelOf(table, row))) return null
  const rows = scene.operations.slice(0, LIMIT).map(({row}) => row)
  return (
    <section class="recorded">
      <h3>What was recorded</h3>
      <ul>
        {rows.map((row) => (
          <li key={row}>
            <button type="button" class="op-link" onClick={() => store.select(row)}>
              #{table.index[row]} p{table.process(row)}
            </button>
            <span class="mono words">{table.words(row, true)}</span>
            <Outcome of={table.outcome(row)} />
          </li>
        ))}
      </ul>
      {scene.operations.length > LIMIT && <p class="dim">and {scene.operations.length - LIMIT} more</p>}
    </section>
  )
}
