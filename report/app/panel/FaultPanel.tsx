/** One fault: what it did, to whom, for how long, and how we know. */
import {duration, moment} from '../data/time.ts'
import {Icon} from '../shell/Icon.tsx'
import type {Store} from '../store.ts'

export function FaultPanel({store, at}: {readonly store: Store; readonly at: number}) {
  const fault = store.report.payload.faults[at]
  if (fault === undefined) return null
  const endNs = fault.endNs ?? store.full.toNs
  const facts: [string, string][] = [
    ['Victims', fault.victims.join(', ')],
    ['From', moment(fault.startNs)],
    ['Until', fault.endNs === null ? 'the end of the record' : moment(fault.endNs)],
    ['For', duration(endNs - fault.startNs)],
    ['Links', fault.links.map((link) => `${link.from}→${link.to}`).join('  ')],
  ]
  return (
    <div class="panel-body">
      <header>
        <div class="panel-kind">Fault #{fault.startIndex}</div>
        <h2>{fault.fault}</h2>
        <p class="mono">{fault.description}</p>
      </header>
      <p class={fault.verified ? 'proof yes' : 'proof no'}>
        <Icon name={fault.verified ? 'valid' : 'unknown'} />
        <span>
          <b>{fault.verified ? 'It took effect.' : 'Nobody saw it take effect.'}</b> {fault.proof}
        </span>
      </p>
      <dl class="facts">
        {facts
          .filter(([, value]) => value !== '')
          .map(([name, value]) => (
            <div key={name}>
              <dt>{name}</dt>
              <dd>{value}</dd>
            </div>
          ))}
      </dl>
      <footer>
        <button
          type="button"
          class="quiet"
          onClick={() => {
            const air = (endNs - fault.startNs) * 0.15 + 1e6
            store.look({fromNs: fault.startNs - air, toNs: endNs + air})
            store.tab.value = 'timeline'
          }}
        >
          Show in timeline
        </button>
      </footer>
    </div>
  )
}
