/** The argument in words, with every op it names one click away. */
import {showCount} from '../../../core/quantities.ts'
import type {Case} from '../data/cases.ts'
import {faultWords} from '../data/faults.ts'
import {moment} from '../data/time.ts'
import {Command} from '../shell/Command.tsx'
import {withLinks} from '../shell/links.tsx'
import type {Store} from '../store.ts'

/** Of a long argument the end is shown: it is where it gets interesting. */
const SHOWN_LINES = 16

export function Why({store, each}: {readonly store: Store; readonly each: Case}) {
  const {anomaly, verdict} = each
  const {run, totals} = store.report.payload
  // What a picture says arrow by arrow need not be said again.
  const lines = (each.story?.arrows.length ?? 0) > 1 ? [] : (anomaly?.why ?? [])
  const size = each.counterexample?.operations?.length
  return (
    <aside class="why">
      {lines.length > 0 && (
        <section>
          <h3>Why</h3>
          {lines.length > SHOWN_LINES && (
            <details>
              <summary>{showCount(lines.length - SHOWN_LINES)} steps before these</summary>
              <Argument store={store} lines={lines.slice(0, -SHOWN_LINES)} />
            </details>
          )}
          <Argument store={store} lines={lines.slice(-SHOWN_LINES)} />
        </section>
      )}
      <Where store={store} each={each} />
      <section>
        <h3>Judged</h3>
        <p>
          <b>{verdict.property}</b> <span class="dim">{verdict.summary}</span>
        </p>
        {size !== undefined && anomaly !== undefined && (
          <p class="dim">
            Counterexample: {size} of {showCount(totals.operations)} operations.
          </p>
        )}
      </section>
      <Titled title="Reproduce" line={run.reproduce} />
      <Titled title="Check again" line={run.recheck} />
      {anomaly !== undefined && <Titled title="Learn" line={`${run.program ?? 'chaos'} explain ${anomaly.type}`} />}
    </aside>
  )
}

function Argument({store, lines}: {readonly store: Store; readonly lines: readonly string[]}) {
  return (
    <ul class="argument">
      {lines.map((line) => (
        <li key={line}>{withLinks(store, line)}</li>
      ))}
    </ul>
  )
}

/** Which node answered the impossible operation, who led then, and which faults were in force. */
function Where({store, each}: {readonly store: Store; readonly each: Case}) {
  const {table, payload} = store.report
  const index = each.counterexample?.impossible
  const row = index === undefined ? undefined : table.rowOf(index)
  if (row === undefined) return null
  const node = table.node(row)
  const atNs = table.startNs[row]!
  const leading = payload.leaderships.filter((leadership) => leadership.startNs <= atNs && leadership.endNs >= atNs)
  const during = payload.faults.filter(
    (fault) => fault.startNs <= atNs && (fault.endNs ?? Number.POSITIVE_INFINITY) >= atNs,
  )
  if (node === '' && leading.length === 0 && during.length === 0) return null
  return (
    <section>
      <h3>Where</h3>
      {node !== '' && (
        <p>
          {withLinks(store, `#${index}`)} was answered to a client of <b>{node}</b>.{' '}
          <button
            type="button"
            class="to-log"
            onClick={() => store.showLog({node, ns: atNs, text: `#${index} ${table.words(row, true)}`})}
          >
            log of {node} at {moment(atNs)}
          </button>
        </p>
      )}
      {leading.length > 0 && (
        <p>
          {leading
            .map((leadership) => `${leadership.node}${leadership.term === '' ? '' : ` (term ${leadership.term})`}`)
            .join(' and ')}{' '}
          {leading.length === 1 ? 'took itself for the leader.' : 'took themselves for the leader at once.'}
        </p>
      )}
      {during.map((fault) => (
        <p key={fault.startIndex}>
          During <span class="mono">{faultWords(fault)}</span>
        </p>
      ))}
    </section>
  )
}

function Titled({title, line}: {readonly title: string; readonly line: string | undefined}) {
  if (line === undefined) return null
  return (
    <section>
      <h3>{title}</h3>
      <Command line={line} label="" />
    </section>
  )
}
