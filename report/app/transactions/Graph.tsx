// biome-ignore-all lint/a11y: SVG has no buttons; roles say what can be pressed, and every arrow has a label that the keyboard reaches
/** The picture of a story: transactions as cards, and between their micro-operations the arrows that cannot all be true. */
import type {Story, StoryArrow, StoryCard} from '../../payload.ts'
import type {Store} from '../store.ts'
import {type Arrow, type Box, CHARACTER_PX, HEAD, headOf, LINE, placeStory} from './place.ts'

interface Props {
  readonly store: Store
  readonly story: Story
  /** CSS pixels. */
  readonly room: number
  /** The arrow that is looked at. */
  readonly chosen: number | undefined
  readonly onChoose: (at: number) => void
}

export function Graph({store, story, room, chosen, onChoose}: Props) {
  const diagram = placeStory(story, room)
  const arrow = chosen === undefined ? undefined : story.arrows[chosen]
  const lit = (card: number) =>
    arrow === undefined
      ? []
      : [...(arrow.from === card ? [arrow.fromLine] : []), ...(arrow.to === card ? [arrow.toLine] : [])]
  return (
    <div class="diagram graph">
      <div class="diagram-scroll" data-scrolls>
        <svg
          width={diagram.width}
          height={diagram.height}
          viewBox={`0 0 ${diagram.width} ${diagram.height}`}
          role="group"
          aria-label={`${story.cards.length} transactions and ${story.arrows.length} orders between them`}
        >
          {story.cards.map((card, at) => (
            <Card key={card.name} store={store} card={card} box={diagram.boxes[at]!} lit={lit(at)} />
          ))}
          {story.arrows.map((each, at) => (
            <Route
              key={`${each.from} ${each.to} ${at}`}
              arrow={each}
              drawn={diagram.arrows[at]!}
              chosen={chosen === at}
              onChoose={() => onChoose(at)}
            />
          ))}
          {story.arrows.map((each, at) => (
            <Plate
              key={`${each.from} ${each.to} ${at}`}
              arrow={each}
              drawn={diagram.arrows[at]!}
              cards={story.cards}
              chosen={chosen === at}
              onChoose={() => onChoose(at)}
            />
          ))}
        </svg>
      </div>
    </div>
  )
}

interface RouteProps {
  readonly arrow: StoryArrow
  readonly drawn: Arrow
  readonly chosen: boolean
  readonly onChoose: () => void
}

/** The line of an arrow, for the pointer; all lines lie below all labels. */
function Route({arrow, drawn, chosen, onChoose}: RouteProps) {
  return (
    <g class={`edge ${arrow.type} ${chosen ? 'chosen' : ''}`} onClick={onChoose}>
      <title>{arrow.because}</title>
      <path class="reach" d={drawn.path} />
      <path class="line" d={drawn.path} />
      <path class="head" d={drawn.head} />
    </g>
  )
}

/** The label of an arrow: what the keyboard and screen readers meet. */
function Plate({arrow, drawn, cards, chosen, onChoose}: RouteProps & {readonly cards: readonly StoryCard[]}) {
  const {plate, label} = drawn
  const ends = `${cards[arrow.from]!.name} before ${cards[arrow.to]!.name}`
  return (
    <g
      class={`edge ${arrow.type} ${chosen ? 'chosen' : ''}`}
      role="button"
      tabIndex={0}
      aria-pressed={chosen}
      aria-label={`${ends}, ${label}: ${arrow.because}`}
      onClick={onChoose}
      onKeyDown={(event) => onEnter(event, onChoose)}
    >
      <title>{arrow.because}</title>
      <rect x={plate.x} y={plate.y} width={plate.width} height={plate.height} rx={plate.height / 2} />
      <text x={plate.x + plate.width / 2} y={plate.y + 13}>
        {label}
      </text>
    </g>
  )
}

interface CardProps {
  readonly store: Store
  readonly card: StoryCard
  readonly box: Box
  /** Lines that the chosen arrow begins or ends at; -1 for the head. */
  readonly lit: readonly number[]
}

function Card({store, card, box, lit}: CardProps) {
  const row = card.index === undefined ? undefined : store.report.table.rowOf(card.index)
  const selection = store.selection.value
  const selected = row !== undefined && selection?.kind === 'op' && selection.row === row
  const select = () => {
    if (row !== undefined) store.select(row)
  }
  const room = Math.floor((box.width - 22) / CHARACTER_PX)
  const words = card.lines.map(({text, note}) => (note === undefined ? text : `${text} (${note})`))
  const name = card.outcome === 'version' ? card.name : `Transaction ${card.name}, operation ${headOf(card)}`
  return (
    <g
      class={`transaction ${card.outcome} ${selected ? 'selected' : ''}`}
      role={row === undefined ? 'img' : 'button'}
      tabIndex={row === undefined ? -1 : 0}
      aria-label={`${name}: ${words.join(', ')}`}
      onClick={select}
      onKeyDown={(event) => onEnter(event, select)}
    >
      <rect class="frame" x={box.x} y={box.y} width={box.width} height={box.height} rx={8} />
      {lit.map((line) => (
        <rect
          key={line}
          class="lit"
          x={box.x + 5}
          y={line < 0 ? box.y + 4 : box.y + HEAD + line * LINE + 1}
          width={box.width - 10}
          height={LINE - 1}
          rx={4}
        />
      ))}
      <text class="transaction-name" x={box.x + 12} y={box.y + 19}>
        {card.name}
        <tspan dx={8}>{headOf(card)}</tspan>
      </text>
      <line x1={box.x} x2={box.x + box.width} y1={box.y + HEAD} y2={box.y + HEAD} />
      {card.lines.map(({text, full, mark, note, gap}, at) => {
        const least = note === undefined ? room : Math.max(6, room - note.length - 2)
        return (
          <text
            key={`${at} ${text}`}
            class={`transaction-line ${mark ?? ''} ${gap === true ? 'gap' : ''}`}
            x={box.x + 12}
            y={box.y + HEAD + at * LINE + 15}
          >
            {full !== undefined && <title>{full}</title>}
            {text.length > least ? `${text.slice(0, least - 1)}…` : text}
            {note !== undefined && (
              <tspan class="note" dx={CHARACTER_PX}>
                {note}
              </tspan>
            )}
          </text>
        )
      })}
    </g>
  )
}

function onEnter(event: KeyboardEvent, run: () => void): void {
  if (event.key !== 'Enter' && event.key !== ' ') return
  event.preventDefault()
  run()
}
