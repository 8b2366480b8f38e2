/** What the nodes said: a column each, kept at the same moment. */
import {signal} from '@preact/signals'
import {useEffect, useMemo, useState} from 'preact/hooks'
import type {PayloadLog} from '../../payload.ts'
import {Icon} from '../shell/Icon.tsx'
import type {Store} from '../store.ts'
import {LogColumn, type Moment} from './LogColumn.tsx'
import type {Here} from './lines.ts'

export function Logs({store}: {readonly store: Store}) {
  const [logs, setLogs] = useState<readonly PayloadLog[]>()
  const [filter, setFilter] = useState('')
  const [hidden, setHidden] = useState<ReadonlySet<string>>(new Set())
  const at = useMemo(() => signal<Moment | undefined>(undefined), [])
  useEffect(() => {
    void store.report.logs().then((read) => setLogs(columnsOf(store, read)))
  }, [store])
  const asked = store.logAt.value
  const selection = store.selection.value
  const here = useMemo(() => hereOf(store), [store, asked, selection])
  const focusNs = here?.ns ?? store.view.value.fromNs
  useEffect(() => {
    at.value = {ns: focusNs, by: ''}
  }, [at, focusNs, logs])
  if (logs === undefined) return null
  if (logs.length === 0) return <p class="empty">The run kept no node logs.</p>
  const visible = logs.filter((log) => !hidden.has(log.node))
  const shown = [
    ...visible.filter(({node}) => node === asked?.node),
    ...visible.filter(({node}) => node !== asked?.node),
  ]
  const toggle = (node: string) => {
    const next = new Set(hidden)
    if (!next.delete(node)) next.add(node)
    setHidden(next)
  }
  return (
    <section class="view logs" aria-label="Node logs">
      <div class="toolbar">
        <div class="search">
          <Icon name="search" />
          <input
            type="search"
            aria-label="Filter log lines"
            placeholder="Filter lines"
            value={filter}
            onInput={(event) => setFilter(event.currentTarget.value)}
          />
        </div>
        <fieldset class="node-toggles" aria-label="Nodes">
          {logs.map((log) => (
            <button type="button" key={log.node} aria-pressed={!hidden.has(log.node)} onClick={() => toggle(log.node)}>
              {log.node}
            </button>
          ))}
        </fieldset>
      </div>
      <div class="columns">
        {shown.map((log) => (
          <LogColumn
            key={log.node}
            store={store}
            log={log}
            filter={filter.toLowerCase()}
            at={at}
            here={here}
            asked={log.node === asked?.node}
          />
        ))}
      </div>
    </section>
  )
}

/** A column for whatever printed or said something. */
function columnsOf(store: Store, logs: readonly PayloadLog[]): PayloadLog[] {
  const {nodes, marks} = store.report.payload
  const speaking = new Set(marks.map(({node}) => node))
  const silent = nodes.filter((node) => speaking.has(node) && logs.every((log) => log.node !== node))
  return [
    ...logs.filter(({node, lines}) => lines.length > 0 || speaking.has(node)),
    ...silent.map((node): PayloadLog => ({node, lines: []})),
  ]
}

/** The selected operation, or the moment that somebody asked for. */
function hereOf(store: Store): Here | undefined {
  const {table} = store.report
  const [selection, asked] = [store.selection.value, store.logAt.value]
  if (selection?.kind === 'op') {
    const {row} = selection
    return {ns: table.startNs[row]!, text: `#${table.index[row]} ${table.words(row, true)} asked of ${table.node(row)}`}
  }
  return asked === undefined ? undefined : {ns: asked.ns, text: asked.text}
}
