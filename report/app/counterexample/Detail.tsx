/** What else a checker knows, as data: figures as a list, anything deeper as JSON. */
import {figureName, figureValue} from '../../../core/figures.ts'
import type {Case} from '../data/cases.ts'

const LIMIT = 20_000

export function Detail({
  each,
  drawn,
}: {
  readonly each: Case /** The data are drawn already. */
  readonly drawn: boolean
}) {
  // How many there are of each type stands in the list of cases.
  const measures = Object.entries(each.verdict.measures ?? {}).filter(([name]) => !name.endsWith(' (count)'))
  const detail = each.anomaly?.detail ?? (each.counterexample === undefined ? each.verdict.detail : undefined)
  const text = detail === undefined ? '' : JSON.stringify(detail, undefined, 2)
  if (measures.length === 0 && text === '') return null
  return (
    <section class="detail">
      {measures.length > 0 && (
        <dl class="measures">
          {measures.map(([name, value]) => (
            <div key={name}>
              <dt>{figureName(name)}</dt>
              <dd>{typeof value === 'number' ? figureValue(name, value) : value}</dd>
            </div>
          ))}
        </dl>
      )}
      {text !== '' && (
        <details open={text.length < 600 && !drawn}>
          <summary>Data</summary>
          <pre>{text.length > LIMIT ? `${text.slice(0, LIMIT)}\n… ${text.length - LIMIT} characters more` : text}</pre>
        </details>
      )}
    </section>
  )
}
