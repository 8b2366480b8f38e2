/** Who led, who was down, which link was cut, over time. */
import {signal} from '@preact/signals'
import {useMemo} from 'preact/hooks'
import {faultWords} from '../data/faults.ts'
import {duration, moment} from '../data/time.ts'
import {Canvas} from '../paint/canvas.tsx'
import {type TimeScale, timeScale} from '../paint/scale.ts'
import {faultColour, palette} from '../paint/theme.ts'
import type {Store} from '../store.ts'
import {drawNetwork} from './draw.ts'
import {AXIS, HEADING, heightOf, isOnMarks, LINK_ROW, NODE_ROW} from './layout.ts'
import {marksNear, type Rows, rowsOf} from './rows.ts'

/** The most events that are told at once. */
const MOST_MARKS = 6

interface Tip {
  readonly x: number
  readonly y: number
  readonly title: string
  readonly lines: readonly string[]
  readonly fault: number | undefined
}

export function Network({store}: {readonly store: Store}) {
  const {payload} = store.report
  const rows = useMemo(() => rowsOf(payload), [payload])
  const tip = useMemo(() => signal<Tip | undefined>(undefined), [])
  const attach = useMemo(
    () => (canvas: HTMLCanvasElement) => {
      const abort = new AbortController()
      const {signal} = abort
      canvas.addEventListener(
        'pointermove',
        (event) => {
          const scale = timeScale(store.view.value, canvas.clientWidth)
          store.cursorNs.value = scale.ns(event.offsetX)
          tip.value = tipAt(rows, scale, event.offsetX, event.offsetY)
        },
        {signal},
      )
      canvas.addEventListener(
        'pointerleave',
        () => {
          tip.value = undefined
          store.cursorNs.value = undefined
        },
        {signal},
      )
      canvas.addEventListener(
        'click',
        () => {
          const at = tip.value?.fault
          if (at !== undefined) store.selection.value = {kind: 'fault', at}
        },
        {signal},
      )
      return () => abort.abort()
    },
    [store, rows, tip],
  )
  if (payload.nodes.length === 0) return <p class="empty">Nothing is known of the nodes of this run.</p>
  return (
    <section class="view network" aria-label="Network">
      <ul class="legend network-legend" aria-label="Legend">
        {payload.leaderships.length > 0 && (
          <li>
            <i class="swatch leader" /> took itself for the leader
          </li>
        )}
        {payload.marks.length > 0 && (
          <li>
            <i class="swatch event" /> event
          </li>
        )}
        {[...new Set(payload.faults.map((fault) => fault.fault))].map((fault) => (
          <li key={fault}>
            <i class="swatch" style={{background: faultColour(fault)}} /> {fault}
          </li>
        ))}
      </ul>
      <div class="network-stage" style={{height: `${heightOf(rows)}px`}}>
        <Canvas
          class="fill"
          role="img"
          aria-label={summary(store, rows)}
          attach={attach}
          paint={(surface) => drawNetwork(surface, store, rows, palette.value)}
        />
        {tip.value !== undefined && <TipBox tip={tip.value} />}
      </div>
      {payload.leaderships.length === 0 && <p class="note">The nodes reported no leader.</p>}
      {rows.links.length === 0 && <p class="note">No fault of this run touched a link.</p>}
    </section>
  )
}

function TipBox({tip}: {readonly tip: Tip}) {
  return (
    <div
      class="tooltip"
      role="presentation"
      style={{transform: `translate(min(${tip.x + 14}px, calc(100cqw - 105%)), ${tip.y + 16}px)`}}
    >
      <div class="tip-title">{tip.title}</div>
      {tip.lines.map((line) => (
        <div class="tip-line dim" key={line}>
          {line}
        </div>
      ))}
    </div>
  )
}

function tipAt(rows: Rows, scale: TimeScale, x: number, y: number): Tip | undefined {
  const ns = scale.ns(x)
  const nodesTop = AXIS + HEADING
  const linksTop = nodesTop + rows.nodes.length * NODE_ROW + HEADING
  const node = rows.nodes[Math.floor((y - nodesTop) / NODE_ROW)]
  const marks = node !== undefined && isOnMarks(y - nodesTop) ? marksNear(node.marks, scale, x) : []
  if (marks.length > 0) {
    const lines = marks.slice(0, MOST_MARKS).map(({timeNs, words}) => `${moment(timeNs)}  ${words}`)
    const more = marks.length - lines.length
    return {
      x,
      y,
      title: node?.node ?? '',
      lines: [...lines, more > 0 ? `and ${more} more` : ''].filter(Boolean),
      fault: undefined,
    }
  }
  const link = y < linksTop ? undefined : rows.links[Math.floor((y - linksTop) / LINK_ROW)]
  const strips = node?.strips ?? link?.strips ?? []
  const strip = strips.find(({fault}) => fault.startNs <= ns && (fault.endNs ?? Number.POSITIVE_INFINITY) >= ns)
  if (strip !== undefined) {
    const {fault, at} = strip
    const until = fault.endNs === null ? 'to the end' : `for ${duration(fault.endNs - fault.startNs)}`
    const lines = [`from ${moment(fault.startNs)} ${until}`, fault.verified ? 'verified' : 'not verified', fault.proof]
    return {x, y, title: faultWords(fault), lines: lines.filter(Boolean), fault: at}
  }
  const leadership = node?.leaderships.find((each) => each.startNs <= ns && each.endNs >= ns)
  if (leadership === undefined) return undefined
  const term = leadership.term === '' ? '' : ` in term ${leadership.term}`
  const lines = [`from ${moment(leadership.startNs)} to ${moment(leadership.endNs)}`]
  return {x, y, title: `${leadership.node} took itself for the leader${term}`, lines, fault: undefined}
}

function summary({report}: Store, rows: Rows): string {
  const {leaderships, faults} = report.payload
  return `${leaderships.length} leaderships of ${rows.nodes.length} nodes, ${faults.length} faults on ${rows.links.length} links`
}
