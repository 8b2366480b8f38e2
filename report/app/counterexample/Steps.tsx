/** The order tried, step by step: what took effect, the state after it, and why nothing can follow. */

import {Icon} from '../shell/Icon.tsx'
import type {Store} from '../store.ts'
import type {CaseScene, Step} from './scene.ts'

interface Props {
  readonly store: Store
  readonly scene: CaseScene
  readonly steps: readonly Step[]
  readonly taken: number
  readonly onTake: (taken: number) => void
  /** States possible when the impossible operation ran. */
  readonly states: readonly string[]
  readonly which: {readonly at: number; readonly of: number; readonly choose: (at: number) => void}
}

export function Steps({store, scene, steps, taken, onTake, states, which}: Props) {
  const {table} = store.report
  const impossible = scene.impossible
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
      <ol>
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
        {impossible !== undefined && (
          <li class="stuck">
            <span class="number">
              <Icon name="invalid" />
            </span>
            <button type="button" onClick={() => store.select(impossible)}>
              <span class="dim">#{table.index[impossible]}</span> p{table.process(impossible)}{' '}
              <span class="mono">{table.words(impossible, false)}</span>
            </button>
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
          </li>
        )}
      </ol>
    </section>
  )
}
