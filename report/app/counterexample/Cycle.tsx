// biome-ignore-all lint/a11y/useSemanticElements: SVG has no buttons and no fieldsets
/** The picture of a cycle: transactions as cards, and between their steps the arrows that cannot all be true. */
import type {Store} from '../store.ts'
import {type Box, type Cycle as CycleData, type CycleNode, HEAD, LINE, placeCycle} from './cycle.ts'

interface Props {
  readonly store: Store
  readonly cycle: CycleData
  /** CSS pixels. */
  readonly room: number
}

export function Cycle({store, cycle, room}: Props) {
  const diagram = placeCycle(cycle, room)
  return (
    <div class="diagram cycle">
      <div class="diagram-scroll">
        <svg
          width={diagram.width}
          height={diagram.height}
          viewBox={`0 0 ${diagram.width} ${diagram.height}`}
          role="group"
          aria-label={`Cycle of ${cycle.nodes.length} transactions`}
        >
          {cycle.nodes.map((node, at) => (
            <Card key={node.name} store={store} node={node} box={diagram.boxes[at]!} />
          ))}
          {cycle.edges.map((edge, at) => {
            const arrow = diagram.arrows[at]!
            const label = `${edge.type}${edge.key === '' ? '' : ` ${edge.key}`}`
            const width = Math.min(label.length, 16) * 6.8 + 14
            return (
              <g key={`${edge.from} ${edge.to}`} class={`edge ${edge.type}`}>
                <title>{edge.because}</title>
                <path d={arrow.path} />
                <path class="head" d={arrow.head} />
                <rect x={arrow.x - width / 2} y={arrow.y - 9} width={width} height={18} rx={9} />
                <text x={arrow.x} y={arrow.y + 4}>
                  {label.length > 16 ? `${label.slice(0, 15)}…` : label}
                </text>
              </g>
            )
          })}
        </svg>
      </div>
    </div>
  )
}

function Card({store, node, box}: {readonly store: Store; readonly node: CycleNode; readonly box: Box}) {
  const row = store.report.table.rowOf(node.index)
  const selection = store.selection.value
  const selected = selection?.kind === 'op' && selection.row === row
  const select = () => {
    if (row !== undefined) store.select(row)
  }
  const room = Math.floor((box.width - 20) / 7.2)
  return (
    <g
      class={`transaction ${selected ? 'selected' : ''}`}
      role="button"
      tabIndex={0}
      aria-label={`Transaction ${node.name}, operation ${node.index}, process ${node.process}: ${node.lines.join(', ')}`}
      onClick={select}
      onKeyDown={(event) => {
        if (event.key !== 'Enter' && event.key !== ' ') return
        event.preventDefault()
        select()
      }}
    >
      <rect x={box.x} y={box.y} width={box.width} height={box.height} rx={8} />
      <text class="transaction-name" x={box.x + 12} y={box.y + 19}>
        {node.name}
        <tspan dx={8}>
          #{node.index} p{node.process}
        </tspan>
      </text>
      <line x1={box.x} x2={box.x + box.width} y1={box.y + HEAD} y2={box.y + HEAD} />
      {node.lines.map((line, at) => (
        <text key={`${at} ${line}`} class="transaction-line" x={box.x + 12} y={box.y + HEAD + at * LINE + 15}>
          {line.length > room ? `${line.slice(0, room - 1)}…` : line}
        </text>
      ))}
    </g>
  )
}
