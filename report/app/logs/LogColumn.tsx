/** One node's log. The column under the pointer leads; the others follow its moment. */

import type {Signal} from '@preact/signals'
import {useMemo, useRef} from 'preact/hooks'
import {showCount} from '../../../core/quantities.ts'
import type {PayloadLog} from '../../payload.ts'
import {VirtualList} from '../shell/VirtualList.tsx'
import type {Store} from '../store.ts'
import {type Here, type LogLine, linesOf} from './lines.ts'

/** The moment that every column shows, and the column that said so. */
export interface Moment {
  readonly ns: number
  /** A node, or empty where no column did. */
  readonly by: string
}

/** Lines that stand above the moment that is looked at. */
const CONTEXT_LINES = 6

interface Props {
  readonly store: Store
  readonly log: PayloadLog
  /** Lower case. */
  readonly filter: string
  readonly at: Signal<Moment | undefined>
  readonly here: Here | undefined
  /** Whether somebody asked for this node's log. */
  readonly asked: boolean
}

export function LogColumn({store, log, filter, at, here, asked}: Props) {
  const leads = useRef(false)
  const {marks, faults} = store.report.payload
  const all = useMemo(() => linesOf(log, marks, faults, here), [log, marks, faults, here])
  const lines = useMemo(
    () => (filter === '' ? all : all.filter(({text, kind}) => kind === 'here' || text.toLowerCase().includes(filter))),
    [all, filter],
  )
  const moment = at.value
  const align = moment === undefined || moment.by === log.node ? undefined : alignTo(lines, moment)
  const printed = lines.filter(({kind}) => kind === 'printed').length
  return (
    <section
      class={asked ? 'log-column asked' : 'log-column'}
      aria-label={`Log of ${log.node}`}
      onPointerEnter={() => (leads.current = true)}
      onPointerLeave={() => (leads.current = false)}
      onFocusCapture={() => (leads.current = true)}
      onBlurCapture={() => (leads.current = false)}
    >
      <h3>
        {log.node}{' '}
        <span class="dim">
          {showCount(printed)} {printed === 1 ? 'line' : 'lines'}
        </span>
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
          const {ns, text, kind} = lines[position]!
          return (
            <div class={`log-line is-${kind} ${kind === 'printed' ? levelOf(text) : ''}`} title={text}>
              <span class="log-time">{ns === null ? '' : (ns / 1e9).toFixed(3)}</span>
              {text}
            </div>
          )
        }}
      />
    </section>
  )
}

/** The row to put at the top. */
function alignTo(lines: readonly LogLine[], {ns, by}: Moment): number {
  const found = lines.findIndex((line) => line.ns !== null && line.ns >= ns)
  const at = found < 0 ? lines.length - 1 : found
  return by === '' ? Math.max(0, at - CONTEXT_LINES) : at
}

function timeFrom(lines: readonly LogLine[], first: number): number | undefined {
  return lines.slice(first, first + 40).find(({ns}) => ns !== null)?.ns ?? undefined
}

function levelOf(text: string): string {
  if (/\b(error|fatal|panic|uncaught|exception)\b/i.test(text)) return 'error'
  return /\b(warn|warning|timeout|timed out)\b/i.test(text) ? 'warn' : ''
}
