// biome-ignore-all lint/a11y: a table of which only the rows in sight exist cannot be a <table>; roles say what it is
/** The timeline as a table, for screen readers, for reading values and for copying: only the rows in sight exist. */
import {duration, moment} from '../data/time.ts'
import {OUTCOME_WORD} from '../panel/Outcome.tsx'
import {VirtualList} from '../shell/VirtualList.tsx'
import type {Store} from '../store.ts'

export function OperationTable({store}: {readonly store: Store}) {
  const {table} = store.report
  const matches = store.matches.value
  const count = matches?.length ?? table.rows
  const selection = store.selection.value
  const selected = selection?.kind === 'op' ? selection.row : undefined
  const position = selected === undefined ? -1 : (matches?.indexOf(selected) ?? selected)
  return (
    <div class="operations" role="table" aria-label="Operations" aria-rowcount={count}>
      <div class="operation head" role="row">
        {['Op', 'Process', 'Node', 'Operation', 'Start', 'Took', 'Outcome'].map((title) => (
          <span role="columnheader" key={title}>
            {title}
          </span>
        ))}
      </div>
      <VirtualList
        count={count}
        rowHeight={26}
        reveal={position}
        row={(at) => {
          const row = matches?.[at] ?? at
          const spanNs = table.endNs[row]! - table.startNs[row]!
          const cells = [
            `p${table.process(row)}`,
            table.node(row),
            table.words(row, true),
            moment(table.startNs[row]!),
            table.isOpen(row) ? '…' : duration(spanNs),
            `${OUTCOME_WORD[table.outcome(row)]} ${table.error(row)}`,
          ]
          return (
            <div
              role="row"
              tabIndex={-1}
              class={`operation outcome-${table.outcome(row)} ${store.impossible.has(row) ? 'impossible' : ''}`}
              aria-selected={row === selected}
            >
              <span role="cell">
                <button type="button" onClick={() => store.select(row)}>
                  #{table.index[row]}
                </button>
              </span>
              {cells.map((cell, column) => (
                <span role="cell" key={column} title={cell}>
                  {cell}
                </span>
              ))}
            </div>
          )
        }}
      />
    </div>
  )
}
