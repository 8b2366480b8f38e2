/** Ops named in a sentence, one click away. */
import type {ComponentChildren} from 'preact'
import type {Store} from '../store.ts'

/** `#4121` in a sentence becomes a button that selects the op. */
export function withLinks(store: Store, text: string): ComponentChildren {
  return text.split(/(#\d+)/).map((part, at) => {
    const index = /^#(\d+)$/.exec(part)
    const row = index === null ? undefined : store.report.table.rowOf(Number(index[1]))
    if (row === undefined) return part
    return (
      <button type="button" class="op-link" key={at} onClick={() => store.select(row)}>
        {part}
      </button>
    )
  })
}
