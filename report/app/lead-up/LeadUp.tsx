/** What led to a violation, as a message diagram: time runs down, a column for each client and node, a sentence for each row. */

import {useMemo} from 'preact/hooks'
import {showCount} from '../../../core/quantities.ts'
import type {Payload} from '../../payload.ts'
import type {Case} from '../data/cases.ts'
import {countBetween} from '../data/neighbours.ts'
import {duration} from '../data/time.ts'
import {withLinks} from '../shell/links.tsx'
import type {Store} from '../store.ts'
import {leadUpOf, type LeadUp as Model} from './model.ts'
import type {Arrow, Lane, Row} from './row.ts'
import {type NodeState, statesOf} from './states.ts'
import {summaryOf} from './summary.ts'

/** A pause that is this much of the whole is drawn as one. */
const GAP_SHARE = 0.06
/** Width of a lane where there is plenty of room, CSS pixels. */
const LANE_PX = 58

const STATE_WORDS: Readonly<Record<NodeState, string>> = {
  leader: 'takes itself for the leader',
  cut: 'hears nothing from most of the others',
  down: 'is down',
  paused: 'is paused',
}

export function LeadUp({store, each}: {readonly store: Store; readonly each: Case}) {
  const {table, payload} = store.report
  const leadUp = useMemo(() => leadUpOf(table, payload, each), [table, payload, each])
  if (leadUp === undefined) return null
  const {lanes, rows, omitted} = leadUp
  const states = rows.map(({ns}) => lanes.map((lane) => laneStates(payload, lane, ns)))
  const seen = [...new Set(states.flat(2))]
  const summary = summaryOf(table, payload, each, leadUp)
  return (
    <section class="lead-up" style={{'--lanes': String(lanes.length), '--lane-width': `${LANE_PX}px`}}>
      <header>
        <h3>What led to it</h3>
        <Legend states={seen} arrows={rows.flatMap((row) => row.arrows)} />
      </header>
      {summary.length > 0 && <p class="lead-up-summary">{withLinks(store, summary.join(' '))}</p>}
      <div class="lead-up-rows">
        <div class="lead-up-row head" aria-hidden="true">
          <span class="lead-up-time" />
          <div class="lead-up-lanes">
            {lanes.map(({name, kind}) => (
              <span key={name} class={`lane-name ${kind}`}>
                {name}
              </span>
            ))}
          </div>
        </div>
        <ol>
          {rows.map((row, at) => (
            <Line key={at} store={store} leadUp={leadUp} at={at} row={row} states={states[at]!} />
          ))}
        </ol>
      </div>
      {omitted > 0 && (
        <p class="dim">{showCount(omitted)} less important rows are left out; Logs and Network have them.</p>
      )}
    </section>
  )
}

function laneStates(payload: Payload, {name, kind}: Lane, ns: number): readonly NodeState[] {
  return kind === 'node' ? statesOf(payload, name, ns) : []
}

interface LineProps {
  readonly store: Store
  readonly leadUp: Model
  readonly at: number
  readonly row: Row
  /** By lane. */
  readonly states: readonly (readonly NodeState[])[]
}

function Line({store, leadUp, at, row, states}: LineProps) {
  const {lanes, rows} = leadUp
  const previous = rows[at - 1]
  const wholeNs = rows.at(-1)!.ns - rows[0]!.ns
  const passedNs = previous === undefined ? 0 : row.ns - previous.ns
  const isGap = passedNs > wholeNs * GAP_SHARE && passedNs > 1e6
  const {table, payload} = store.report
  const skipped = isGap ? countBetween(table, row.ns - passedNs, row.ns) : 0
  const between = row.ns - passedNs / 2
  const [node] = row.nodes
  return (
    <>
      {isGap && (
        <li class="lead-up-row of-gap">
          <span class="lead-up-time" aria-hidden="true">
            ⋮
          </span>
          <Lanes lanes={lanes} states={lanes.map((lane) => laneStates(payload, lane, between))} arrows={[]} />
          <span class="lead-up-text">
            {duration(passedNs)}
            {skipped > 0 && `, ${showCount(skipped)} operations`}
          </span>
        </li>
      )}
      <li class={`lead-up-row of-${row.kind} ${row.wrong === true ? 'of-wrong' : ''}`}>
        <span class="lead-up-time">{(row.ns / 1e9).toFixed(3)}</span>
        <Lanes lanes={lanes} states={states} arrows={row.arrows} touched={row.nodes} />
        <span class="lead-up-text">
          {withLinks(store, row.text)}
          {row.wrong === true && <b class="wrong-mark"> ✘ no order explains this</b>}
          {node !== undefined && (
            <button
              type="button"
              class="to-log"
              title={`What ${node} logged at this moment`}
              aria-label={`Log of ${node} at ${(row.ns / 1e9).toFixed(3)} s`}
              onClick={() => store.showLog({node, ns: row.ns, text: row.text})}
            >
              log
            </button>
          )}
        </span>
      </li>
    </>
  )
}

interface LanesProps {
  readonly lanes: readonly Lane[]
  readonly states: readonly (readonly NodeState[])[]
  readonly arrows: readonly Arrow[]
  readonly touched?: readonly string[]
}

/** One row of the diagram; the sentence beside it says the same. */
function Lanes({lanes, states, arrows, touched = []}: LanesProps) {
  const placeOf = (name: string) => lanes.findIndex((lane) => lane.name === name)
  const middle = (place: number) => `${((place + 0.5) / lanes.length) * 100}%`
  return (
    <div class="lead-up-lanes" aria-hidden="true">
      {lanes.map(({name, kind}, place) => (
        <i
          key={name}
          class={`lane ${kind} ${(states[place] ?? []).join(' ')} ${touched.includes(name) ? 'touched' : ''}`}
          style={{left: middle(place)}}
        />
      ))}
      {arrows.map(({from, to, kind}, at) => {
        const [left, right] = [placeOf(from), placeOf(to)]
        if (left < 0 || right < 0 || left === right) return null
        return (
          <i
            key={at}
            class={`passing ${kind} ${left < right ? 'rightward' : 'leftward'}`}
            style={{left: middle(Math.min(left, right)), width: `${(Math.abs(right - left) / lanes.length) * 100}%`}}
          />
        )
      })}
    </div>
  )
}

function Legend({states, arrows}: {readonly states: readonly NodeState[]; readonly arrows: readonly Arrow[]}) {
  const kinds = new Set(arrows.map(({kind}) => kind))
  return (
    <ul class="legend">
      {states.map((state) => (
        <li key={state}>
          <i class={`lane-key ${state}`} /> {STATE_WORDS[state]}
        </li>
      ))}
      {kinds.has('message') && (
        <li>
          <i class="arrow-key message" /> between nodes
        </li>
      )}
      {kinds.has('lost') && (
        <li>
          <i class="arrow-key lost" /> never arrives
        </li>
      )}
    </ul>
  )
}
