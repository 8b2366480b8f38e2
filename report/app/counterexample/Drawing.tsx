// biome-ignore-all lint/a11y/useSemanticElements: SVG has no buttons and no fieldsets
/** The picture of a counterexample: a bar per operation, the order tried so far, and the one that fits nowhere. */
import {useLayoutEffect, useRef} from 'preact/hooks'
import {OUTCOME, type PayloadFault} from '../../payload.ts'
import type {Case} from '../data/cases.ts'
import {faultWords} from '../data/faults.ts'
import {faultColour} from '../paint/theme.ts'
import type {Store} from '../store.ts'
import type {Diagram, Placed} from './layout.ts'
import {CANNOT_FOLLOW, type CaseScene, captionOf, labelOf, type Next, type Step} from './scene.ts'

const LANE = 66
const BAR = 30
/** Room above the first lane for the state after a step. */
const AIR = 10
const BAND_HEAD = 14
const BAND_LIMIT = 5
/** Room for a bar and what is written below it. */
const CAPTION = 200

interface Props {
  readonly store: Store
  readonly each: Case
  readonly scene: CaseScene
  readonly diagram: Diagram
  readonly steps: readonly Step[]
  /** How many steps have been taken. */
  readonly taken: number
  /** What real time allows after the last step. */
  readonly next: readonly Next[]
  readonly onPoint: (row: number | undefined) => void
}

export function Drawing({store, each, scene, diagram, steps, taken, next, onPoint}: Props) {
  const bands = bandsOf(store, diagram)
  const top = bands.length * BAND_HEAD + AIR
  const height = top + scene.lanes.length * LANE + 6
  const points = pointsOf(scene, diagram, steps, top)
  const refused = new Set(taken === steps.length ? next.filter(({illegal}) => illegal).map(({row}) => row) : [])
  const frame = useRef<HTMLDivElement>(null)
  // What is looked at stands in sight: the step taken, or in the end what cannot follow.
  const stuck = diagram.boxes.find(({row}) => row === scene.impossible)
  const sight = taken === steps.length ? stuck?.x : points[taken - 1]?.x
  useLayoutEffect(() => {
    const element = frame.current as HTMLDivElement
    if (sight === undefined) return
    const {scrollLeft, clientWidth} = element
    // Its caption is as wide as a bar, or wider: on a narrow screen it needs more than half.
    if (sight < scrollLeft || sight > scrollLeft + clientWidth - CAPTION)
      element.scrollLeft = sight - Math.max(0, Math.min(clientWidth / 2, clientWidth - CAPTION))
  }, [sight])
  return (
    <div class="diagram">
      <div class="diagram-lanes" style={{paddingTop: `${top}px`}} aria-hidden="true">
        {scene.lanes.map((process) => (
          <div key={process} class="mono" style={{height: `${LANE}px`}}>
            p{process}
          </div>
        ))}
      </div>
      <div class="diagram-scroll" data-scrolls ref={frame}>
        <svg
          width={diagram.width}
          height={height}
          viewBox={`0 0 ${diagram.width} ${height}`}
          role="group"
          aria-label={`Counterexample: ${scene.operations.length} operations of ${scene.lanes.length} processes`}
        >
          <FaultBands bands={bands} height={height} />
          {scene.lanes.map((process, lane) => (
            <line
              key={process}
              class="lane-line"
              x1={0}
              x2={diagram.width}
              y1={top + lane * LANE + LANE / 2}
              y2={top + lane * LANE + LANE / 2}
            />
          ))}
          <path class="order-line" d={pathOf(points.slice(0, taken))} />
          {diagram.boxes.map((box) => (
            <Bar
              key={box.row}
              store={store}
              box={box}
              laneTop={top + box.lane * LANE}
              caption={captionOf(store.report.table, box.row, each)}
              impossible={box.row === scene.impossible}
              refused={refused.has(box.row)}
              onPoint={onPoint}
            />
          ))}
          <Order points={points} taken={taken} />
        </svg>
      </div>
    </div>
  )
}

interface BarProps {
  readonly store: Store
  readonly box: Placed
  /** Where its lane begins. */
  readonly laneTop: number
  readonly caption: string
  readonly impossible: boolean
  /** It could come next by real time, and cannot. */
  readonly refused: boolean
  readonly onPoint: (row: number | undefined) => void
}

function Bar({store, box, laneTop, caption, impossible, refused, onPoint}: BarProps) {
  const {table} = store.report
  const {row, x, width, open} = box
  const y = laneTop + (LANE - BAR) / 2
  const outcome = table.outcome(row)
  const selection = store.selection.value
  const selected = selection?.kind === 'op' && selection.row === row
  const kind = impossible
    ? 'impossible'
    : outcome === OUTCOME.fail
      ? 'fail'
      : open
        ? 'info'
        : table.isRead(row)
          ? 'read'
          : 'ok'
  const shape = open
    ? `M${x + 4} ${y}H${x + width - 12}L${x + width - 2} ${y + BAR / 2}L${x + width - 12} ${y + BAR}H${x + 4}a4 4 0 0 1 -4 -4V${y + 4}a4 4 0 0 1 4 -4Z`
    : `M${x + 4} ${y}H${x + width - 4}a4 4 0 0 1 4 4V${y + BAR - 4}a4 4 0 0 1 -4 4H${x + 4}a4 4 0 0 1 -4 -4V${y + 4}a4 4 0 0 1 4 -4Z`
  return (
    <g
      class={`bar ${kind} ${refused ? 'refused' : ''} ${selected ? 'selected' : ''}`}
      role="button"
      tabIndex={0}
      aria-label={`Operation ${table.index[row]}, process ${table.process(row)}, ${table.words(row, true)}${impossible ? ', impossible' : ''}`}
      onClick={() => store.select(row)}
      onKeyDown={(event) => {
        if (event.key !== 'Enter' && event.key !== ' ') return
        event.preventDefault()
        store.select(row)
      }}
      onPointerEnter={() => onPoint(row)}
      onPointerLeave={() => onPoint(undefined)}
      onFocus={() => onPoint(row)}
    >
      <path d={shape} />
      <text class="bar-label" x={x + 10} y={y + BAR / 2 + 4.5}>
        {width < 34 ? '' : labelOf(table, row)}
      </text>
      <text class="bar-index" x={x + 1} y={y + BAR + 13}>
        {refused && !impossible ? `${caption}${CANNOT_FOLLOW}` : caption}
      </text>
    </g>
  )
}

interface Mark {
  readonly row: number
  readonly x: number
  readonly y: number
  readonly step: number
  readonly state: string
}

function pointsOf(scene: CaseScene, diagram: Diagram, steps: readonly Step[], top: number): Mark[] {
  const laneOf = new Map(scene.operations.map((operation) => [operation.row, operation.lane]))
  return diagram.points.map((point, at) => ({
    ...point,
    y: top + (laneOf.get(point.row) ?? 0) * LANE + (LANE - BAR) / 2,
    state: steps[at]?.state ?? '',
  }))
}

function pathOf(points: readonly Mark[]): string {
  return points.map((point, at) => `${at === 0 ? 'M' : 'L'}${point.x} ${point.y}`).join('')
}

/** The points at which the operations take effect in the order tried, each with the state after it. */
function Order({points, taken}: {readonly points: readonly Mark[]; readonly taken: number}) {
  return (
    <g class="order">
      {points.map((point) => (
        <g key={point.row} class={point.step <= taken ? (point.step === taken ? 'point now' : 'point') : 'point later'}>
          <circle cx={point.x} cy={point.y} r={8.5} />
          <text class="point-step" x={point.x} y={point.y + 3.5}>
            {point.step}
          </text>
          <text class="point-state" x={point.x + 13} y={point.y - 4}>
            {point.state.length > 14 ? `${point.state.slice(0, 13)}…` : point.state}
          </text>
        </g>
      ))}
    </g>
  )
}

interface HeadedBand {
  readonly fault: PayloadFault
  readonly at: number
  readonly left: number
  readonly right: number
}

/** The faults in force meanwhile, those that last longest first. */
function bandsOf(store: Store, diagram: Diagram): HeadedBand[] {
  return store.report.payload.faults
    .map((fault, at) => {
      const right = diagram.x(fault.endNs ?? Number.POSITIVE_INFINITY)
      return {fault, at, left: diagram.x(fault.startNs), right}
    })
    .filter(({left, right}) => right - left > 2)
    .sort((left, right) => right.right - right.left - (left.right - left.left))
    .slice(0, BAND_LIMIT)
}

function FaultBands({bands, height}: {readonly bands: readonly HeadedBand[]; readonly height: number}) {
  return (
    <g>
      {bands.map(({fault, at, left, right}, row) => {
        const words = faultWords(fault)
        const room = Math.floor((right - left - 10) / 5.6)
        return (
          <g key={at} class="band" style={{color: faultColour(fault.fault)}}>
            <title>{words}</title>
            <rect class="band-tint" x={left} y={0} width={right - left} height={height} />
            <rect class="band-head" x={left} y={row * BAND_HEAD} width={right - left} height={BAND_HEAD - 1} rx={2} />
            <text x={left + 6} y={row * BAND_HEAD + 10}>
              {room < 4 ? '' : words.length > room ? `${words.slice(0, room - 1)}…` : words}
            </text>
          </g>
        )
      })}
    </g>
  )
}
