/** One node's log. The column under the pointer leads; the others follow its moment. */
import type {Signal} from '@preact/signals'
import {useMemo, useRef} from 'preact/hooks'
import type {PayloadLog} from '../../payload.ts'
import {grouped} from '../../phrase.ts'
import {VirtualList} from '../shell/VirtualList.tsx'
import type {Store} from '../store.ts'

/** The moment that every column shows, and the column that said so. */
export interface Moment {
  readonly ns: number
  readonly by: string
}

interface Props {
  readonly store: Store
  readonly log: PayloadLog
  /** Lower case. */
  readonly filter: string
  readonly at: Signal<Moment | undefined>
}

export function LogColumn({store, log, filter, at}: Props) {
  const leads = useRef(false)
  const lines = useMemo(
    () => (filter === '' ? log.lines : log.lines.filter((line) => line[1].toLowerCase().includes(filter))),
    [log, filter],
  )
  const moment = at.value
  const align = moment === undefined || moment.by === log.node ? undefined : firstAt(lines, moment.ns)
  const window = highlighted(store)
  return (
    <section
      class="log-column"
      aria-label={`Log of ${log.node}`}
      onPointerEnter={() => (leads.current = true)}
      onPointerLeave={() => (leads.current = false)}
      onFocusCapture={() => (leads.current = true)}
      onBlurCapture={() => (leads.current = false)}
    >
      <h3>
        {log.node} <span class="dim">{grouped(lines.length)} lines</span>
      </h3>
      {lines.length === 0 && <p class="empty">{filter === '' ? 'No lines.' : 'No line matches.'}</p>}
      <VirtualList
        count={lines.length}
        rowHeight={20}
        {...(align === undefined ? {} : {align})}
        onScroll={(first) => {
          const timeNs = leads.current ? timeFrom(lines, first) : undefined
          if (timeNs !== undefined) at.value = {ns: timeNs, by: log.node}
        }}
        row={(position) => {
          const [timeNs, text, omitted] = lines[position]!
          if (omitted !== undefined) return <div class="log-gap">{grouped(omitted)} lines left out</div>
          const near = window !== undefined && timeNs !== null && timeNs >= window.fromNs && timeNs <= window.toNs
          return (
            <div class={`log-line ${levelOf(text)} ${near ? 'near' : ''}`} title={text}>
              <span class="log-time">{timeNs === null ? '' : (timeNs / 1e9).toFixed(3)}</span>
              {text}
            </div>
          )
        }}
      />
    </section>
  )
}

/** The time of the selected operation. */
function highlighted(store: Store): {fromNs: number; toNs: number} | undefined {
  const selection = store.selection.value
  if (selection?.kind !== 'op') return undefined
  const {table} = store.report
  return {fromNs: table.startNs[selection.row]!, toNs: table.endNs[selection.row]!}
}

function firstAt(lines: PayloadLog['lines'], ns: number): number {
  const at = lines.findIndex(([timeNs]) => timeNs !== null && timeNs >= ns)
  return at < 0 ? lines.length - 1 : at
}

function timeFrom(lines: PayloadLog['lines'], first: number): number | undefined {
  for (let at = first; at < Math.min(lines.length, first + 40); at++) {
    const timeNs = lines[at]?.[0]
    if (timeNs !== null && timeNs !== undefined) return timeNs
  }
  return undefined
}

function levelOf(text: string): string {
  if (/\b(error|fatal|panic|uncaught|exception)\b/i.test(text)) return 'error'
  return /\b(warn|warning|timeout|timed out)\b/i.test(text) ? 'warn' : ''
}
