/** Every property that was judged: a chip each, and on request the table with what was looked at and measured. */
import {figureName, figureValue} from '../../../core/figures.ts'
import type {Verdict} from '../../../core/verdict.ts'
import {rungsOf} from '../../../core/verdict-detail.ts'
import type {Store} from '../store.ts'
import {Icon} from './Icon.tsx'

export function Properties({store}: {readonly store: Store}) {
  const {verdicts} = store.report.payload.judgement
  const open = store.propertiesOpen.value
  const holding = verdicts.filter(({validity}) => validity === 'valid').length
  const broken = store.report.payload.judgement.validity !== 'valid'
  return (
    <section class="properties" aria-label="Properties">
      <div class={broken ? 'chips broken' : 'chips'}>
        {verdicts.map((verdict) => (
          <button
            type="button"
            key={`${verdict.checker} ${verdict.property}`}
            class={`chip ${verdict.validity}`}
            title={verdict.reason ?? verdict.summary}
            onClick={() => show(store, verdict)}
          >
            <Icon name={verdict.validity} label={verdict.validity} />
            <span>
              <b>{verdict.property}</b>
              {headline(verdict, broken) !== '' && <span class="headline">{headline(verdict, broken)}</span>}
            </span>
          </button>
        ))}
        {broken && holding > 0 && (
          <button type="button" class="chip valid rest" onClick={() => (store.propertiesOpen.value = true)}>
            <Icon name="valid" label="valid" />
            <b>{holding === 1 ? '1 other property holds' : `${holding} other properties hold`}</b>
          </button>
        )}
        {verdicts.length === 0 && <span class="dim">Nothing was checked.</span>}
      </div>
      <button
        type="button"
        class="quiet more"
        aria-expanded={open}
        onClick={() => (store.propertiesOpen.value = !open)}
      >
        {open ? 'Less' : 'Details'} <Icon name="down" />
      </button>
      {open && <PropertyTable verdicts={verdicts} />}
    </section>
  )
}

/** A broken or unknown property leads to its case; any other to the table. */
function show(store: Store, verdict: Verdict): void {
  const at = store.cases.findIndex(
    (each) => each.verdict.checker === verdict.checker && each.verdict.property === verdict.property,
  )
  if (at < 0) store.propertiesOpen.value = true
  else store.showCase(at)
}

/** Where something is broken, what holds is named and no more: its figures are in the table. */
function headline(verdict: Verdict, broken: boolean): string {
  if (broken && verdict.validity === 'valid') return ''
  if (verdict.validity === 'invalid' && verdict.anomalies.length > 0) {
    const found = anomalyCount(verdict)
    return found === '1' ? (verdict.anomalies[0]?.type ?? '') : `${found} anomalies`
  }
  return verdict.validity === 'unknown' && verdict.kind === 'exercise' ? 'not exercised' : verdict.summary
}

/** How many there are: those that the verdict lists, and those that it counts only. */
function anomalyCount({anomalies, measures}: Verdict): string {
  const types = [...new Set(anomalies.map(({type}) => type))]
  const counts = types.map(
    (type) => measures?.[`${type} (count)`] ?? anomalies.filter((anomaly) => anomaly.type === type).length,
  )
  const least = counts.reduce<number>((sum, count) => sum + Number.parseInt(String(count), 10), 0)
  return counts.every((count) => typeof count === 'number') ? `${least}` : `${least} or more`
}

function PropertyTable({verdicts}: {readonly verdicts: readonly Verdict[]}) {
  return (
    <div class="property-table" data-scrolls>
      <table>
        <thead>
          <tr>
            <th>Verdict</th>
            <th>Property</th>
            <th>Kind</th>
            <th>Looked at</th>
            <th>Measured</th>
          </tr>
        </thead>
        <tbody>
          {verdicts.map((verdict) => (
            <tr key={`${verdict.checker} ${verdict.property}`} class={verdict.validity}>
              <td>
                <Icon name={verdict.validity} /> {verdict.validity}
              </td>
              <th scope="row">{verdict.property}</th>
              <td>{verdict.kind}</td>
              <td>
                {verdict.summary}
                {verdict.reason !== undefined && <p class="reason">{verdict.reason}</p>}
                <Rungs verdict={verdict} />
              </td>
              <td class="mono">{measures(verdict)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

/** Of a ladder of models, which hold and why the others do not; see `checkers/sessions/ladder.ts`. */
function Rungs({verdict}: {readonly verdict: Verdict}) {
  const rungs = rungsOf(verdict)
  if (rungs.length === 0) return null
  return (
    <ul class="rungs">
      {rungs.map(({model, validity, implied, sentence}) => (
        <li key={model} class={validity}>
          <Icon name={validity} label={validity} /> <b>{model}</b>{' '}
          <span class="reason">{implied ? 'follows from a stronger one' : sentence}</span>
        </li>
      ))}
    </ul>
  )
}

function measures({measures = {}}: Verdict): string {
  return Object.entries(measures)
    .map(([name, value]) => `${figureName(name)} ${typeof value === 'number' ? figureValue(name, value) : value}`)
    .join('  ')
}
