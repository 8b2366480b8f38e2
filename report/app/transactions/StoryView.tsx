/** A story: its picture, the orders in it one by one with their reasons, and what was read of the key. */

import {useState} from 'preact/hooks'
import {showCount} from '../../../core/quantities.ts'
import type {Story} from '../../payload.ts'
import type {Store} from '../store.ts'
import {Graph} from './Graph.tsx'
import {Reads} from './Reads.tsx'

interface Props {
  readonly store: Store
  readonly story: Story
  /** CSS pixels. */
  readonly room: number
}

export function StoryView({store, story, room}: Props) {
  const [chosen, choose] = useState<number>()
  const toggle = (at: number) => choose(at === chosen ? undefined : at)
  return (
    <>
      <Graph store={store} story={story} room={room} chosen={chosen} onChoose={toggle} />
      <Size story={story} />
      {story.arrows.length > 0 && (
        <ol class="because" aria-label="Why each comes before the next">
          {story.arrows.map((arrow, at) => (
            <li key={`${arrow.from} ${arrow.to} ${at}`}>
              <button type="button" aria-pressed={chosen === at} onClick={() => toggle(at)}>
                <span class="ends">
                  {story.cards[arrow.from]!.name} → {story.cards[arrow.to]!.name}
                </span>
                <span class={`edge-name ${arrow.type}`}>{`${arrow.type} ${arrow.key}`}</span>
                <span class="reason-text">{arrow.because}</span>
              </button>
            </li>
          ))}
        </ol>
      )}
      {story.reads !== undefined && <Reads store={store} reads={story.reads} />}
    </>
  )
}

/** What is not in the picture, in exact numbers. */
function Size({story}: {readonly story: Story}) {
  const {cards, leftOut, knot} = story
  const notes = [
    ...(leftOut === 0
      ? []
      : [
          `${showCount(cards.length)} of ${showCount(cards.length + leftOut)} transactions are drawn; ${showCount(leftOut)} are left out.`,
        ]),
    ...(knot === undefined || knot <= cards.length + leftOut
      ? []
      : [
          `The shortest way round that was found in a knot of ${showCount(knot)} transactions that all depend on each other.`,
        ]),
  ]
  if (notes.length === 0) return null
  return <p class="dim graph-note">{notes.join(' ')}</p>
}
