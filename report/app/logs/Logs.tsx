/** What the nodes said: a column each, kept at the same moment. */
import {signal} from '@preact/signals'
import {useEffect, useMemo, useState} from 'preact/hooks'
import type {PayloadLog} from '../../payload.ts'
import {Icon} from '../shell/Icon.tsx'
import type {Store} from '../store.ts'
import {LogColumn, type Moment} from './LogColumn.tsx'

export function Logs({store}: {readonly store: Store}) {
  const [logs, setLogs] = useState<readonly PayloadLog[]>()
  const [filter, setFilter] = useState('')
  const [hidden, setHidden] = useState<ReadonlySet<string>>(new Set())
  const at = useMemo(() => signal<Moment | undefined>(undefined), [])
  useEffect(() => {
    void store.report.logs().then(setLogs)
  }, [store])
  const {view, selection} = store
  const focusNs = selection.value?.kind === 'op' ? store.report.table.startNs[selection.value.row]! : view.value.fromNs
  useEffect(() => {
    at.value = {ns: focusNs, by: ''}
  }, [at, focusNs])
  if (logs === undefined) return null
  if (logs.every((log) => log.lines.length === 0)) return <p class="empty">The run kept no node logs.</p>
  const shown = logs.filter((log) => !hidden.has(log.node))
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
          <LogColumn key={log.node} store={store} log={log} filter={filter.toLowerCase()} at={at} />
        ))}
      </div>
    </section>
  )
}
