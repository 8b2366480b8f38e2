/** The rooms of the report. */
import type {Store, Tab} from '../store.ts'

export const TITLES: Readonly<Record<Tab, string>> = {
  counterexample: 'Counterexample',
  timeline: 'Timeline',
  transactions: 'Transactions',
  performance: 'Performance',
  network: 'Network',
  logs: 'Logs',
  environment: 'Environment',
}

export function Tabs({store}: {readonly store: Store}) {
  const unknownOnly = store.casesOf('counterexample').every((at) => store.cases[at]!.anomaly === undefined)
  return (
    <div class="tabs" role="tablist" aria-label="Report">
      {store.tabs.map((tab, at) => (
        <button
          type="button"
          role="tab"
          key={tab}
          id={`tab-${tab}`}
          aria-selected={store.tab.value === tab}
          aria-controls="view"
          title={`${at + 1}`}
          onClick={() => (store.tab.value = tab)}
        >
          {tab === 'counterexample' && unknownOnly ? 'Why unknown' : TITLES[tab]}
          {store.casesOf(tab).length > 1 && <span class="count">{store.casesOf(tab).length}</span>}
        </button>
      ))}
    </div>
  )
}
