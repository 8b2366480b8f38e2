/** The first thing read: the verdict, the sentence, the run in one line, and the command that brings it back. */

import {counted} from '../../../core/quantities.ts'
import {duration} from '../data/time.ts'
import {theme, toggleTheme} from '../paint/theme.ts'
import type {Store} from '../store.ts'
import {Copy} from './Copy.tsx'
import {Icon} from './Icon.tsx'
import {VERDICT_WORD} from './words.ts'

export function Header({store}: {readonly store: Store}) {
  const {judgement, run} = store.report.payload
  return (
    <header class="verdict">
      <div class={`badge ${judgement.validity}`}>
        <Icon name={judgement.validity} />
        {VERDICT_WORD[judgement.validity]}
      </div>
      <div class="verdict-text">
        <h1>{judgement.sentence}</h1>
        <Facts store={store} />
      </div>
      <div class="actions">
        {run.reproduce !== undefined ? (
          <Copy text={run.reproduce} label="Copy reproduce" title={run.reproduce} kind="primary" />
        ) : (
          run.recheck !== undefined && <Copy text={run.recheck} label="Copy check" title={run.recheck} kind="primary" />
        )}
        <button
          type="button"
          class="icon"
          title="Keyboard (?)"
          aria-label="Keyboard help"
          onClick={() => (store.helpOpen.value = true)}
        >
          <Icon name="keyboard" />
        </button>
        <button type="button" class="icon" title="Dark, light (t)" aria-label="Toggle theme" onClick={toggleTheme}>
          <Icon name={theme.value === 'dark' ? 'sun' : 'moon'} />
        </button>
      </div>
    </header>
  )
}

function Facts({store}: {readonly store: Store}) {
  const {run, totals} = store.report.payload
  const facts = [
    run.target === undefined ? run.id : `${run.target}${run.nodes === undefined ? '' : ` ×${run.nodes.length}`}`,
    run.workload,
    run.claims?.join(', '),
    run.bugs === undefined || run.bugs.length === 0 ? undefined : `bug ${run.bugs.join(', ')}`,
    run.seed === undefined ? undefined : `seed ${run.seed}`,
    run.stopped ?? (run.clock?.startsWith('none') ? undefined : duration(store.full.toNs)),
    counted(totals.operations, 'operation'),
    totals.faults === 0 ? 'no faults' : `${counted(totals.faults, 'fault')}, ${totals.faultsVerified} verified`,
  ]
  return (
    <p class="run-facts">
      {facts
        .filter((fact) => fact !== undefined)
        .map((fact) => (
          <span key={fact}>{fact}</span>
        ))}
    </p>
  )
}
