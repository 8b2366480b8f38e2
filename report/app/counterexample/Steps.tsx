/** The order tried, step by step: what took effect, the state after it, and why nothing can follow. */

import {useLayoutEffect, useRef} from 'preact/hooks'
import {Icon} from '../shell/Icon.tsx'
import type {Store} from '../store.ts'
import type {CaseScene, Next, Step} from './scene.ts'

interface Props {
  readonly store: Store
  readonly scene: CaseScene
  readonly steps: readonly Step[]
  readonly taken: number
  /** What real time allows after the last step. */
  readonly next: readonly Next[]
  readonly onTake: (taken: number) => void
  /** States possible when the impossible operation ran. */
  readonly states: readonly string[]
  readonly which: {readonly at: number; readonly of: number; readonly choose: (at: number) => void}
}

export function Steps({store, scene, steps, taken, next, onTake, states, which}: Props) {
  const {table} = store.report
  const impossible = scene.impossible
  // Real time may want another first, which cannot follow either.
  const dead = impossible !== undefined && next.some(({row}) => row === impossible)
  const list = useRef<HTMLOListElement>(null)
  // A long order is a list that scrolls: to the step taken, or to what cannot follow.
  useLayoutEffect(() => {
    const frame = list.current as HTMLOListElement
    const line = taken === steps.length ? frame.lastElementChild : frame.children[taken]
    if (line instanceof HTMLElement) frame.scrollTop = line.offsetTop + line.offsetHeight - frame.clientHeight
  }, [taken, steps])
  return (
    <section class="steps" aria-label="The longest order found">
      <header>
        <h3>{impossible === undefined ? 'How far the search came' : 'The longest order that works'}</h3>
        {which.of > 1 && (
          <span class="which">
            <button
              type="button"
              class="icon"
              aria-label="Previous order"
              disabled={which.at === 0}
              onClick={() => which.choose(which.at - 1)}
            >
              <Icon name="left" />
            </button>
            {which.at + 1} of {which.of}
            <button
              type="button"
              class="icon"
              aria-label="Next order"
              disabled={which.at + 1 === which.of}
              onClick={() => which.choose(which.at + 1)}
            >
              <Icon name="right" />
            </button>
          </span>
        )}
        <div class="spacer" />
        <label class="slider">
          step {taken} of {steps.length}
          <input
            type="range"
            min={0}
            max={steps.length}
            value={taken}
            onInput={(event) => onTake(Number(event.currentTarget.value))}
          />
        </label>
      </header>
      <ol ref={list} data-scrolls>
        <li class="entry">
          <span class="number">·</span>
          <span class="dim">{scene.entry === undefined ? 'at the start' : 'on entry'}</span>
          <span />
          <span class="state">{scene.entry ?? 'initial'}</span>
        </li>
        {steps.map((step, at) => (
          <li key={step.row} class={at < taken ? (at + 1 === taken ? 'now' : '') : 'later'}>
            <span class="number">{at + 1}</span>
            <button
              type="button"
              onClick={() => {
                onTake(at + 1)
                store.select(step.row)
              }}
            >
              <span class="dim">#{table.index[step.row]}</span> p{table.process(step.row)}{' '}
              <span class="mono">{table.words(step.row, false)}</span>
            </button>
            <span class="arrow">→</span>
            <span class="state">{step.state}</span>
          </li>
        ))}
        {dead && <Stuck store={store} row={impossible} states={states} />}
        {next
          .filter(({row}) => row !== impossible)
          .map(({row, illegal, reason}) => (
            <li key={row} class={illegal ? 'stuck' : 'idle'}>
              <span class="number">{illegal ? <Icon name="invalid" label="cannot follow" /> : '·'}</span>
              <button type="button" onClick={() => store.select(row)}>
                <span class="dim">#{table.index[row]}</span> p{table.process(row)}{' '}
                <span class="mono">{table.words(row, false)}</span>
              </button>
              <span class="possible wide">{reason}</span>
            </li>
          ))}
        {impossible !== undefined && !dead && <Stuck store={store} row={impossible} states={states} />}
      </ol>
    </section>
  )
}

/** The operation that fits nowhere, and what it could have answered. */
function Stuck({
  store,
  row,
  states,
}: {
  readonly store: Store
  readonly row: number
  readonly states: readonly string[]
}) {
  const {table} = store.report
  return (
    <li class="stuck">
      <span class="number">
        <Icon name="invalid" />
      </span>
      <button type="button" onClick={() => store.select(row)}>
        <span class="dim">#{table.index[row]}</span> p{table.process(row)}{' '}
        <span class="mono">{table.words(row, false)}</span>
      </button>
      {states.length === 0 ? (
        <span class="possible wide">no order explains this</span>
      ) : (
        <>
          <span class="arrow">only</span>
          <span class="possible">
            {states.map((state, at) => (
              <span key={state}>
                {at > 0 && ' or '}
                <span class="state">{state}</span>
              </span>
            ))}{' '}
            possible
          </span>
        </>
      )}
    </li>
  )
}
