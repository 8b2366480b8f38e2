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
          tabIndex={store.tab.value === tab ? 0 : -1}
          title={`${at + 1}`}
          onClick={() => (store.tab.value = tab)}
          onKeyDown={(event) => {
            if (event.key !== 'ArrowLeft' && event.key !== 'ArrowRight') return
            event.preventDefault()
            event.stopPropagation()
            const next = store.tabs.at((at + (event.key === 'ArrowRight' ? 1 : -1)) % store.tabs.length)
            store.tab.value = next as Tab
            document.getElementById(`tab-${next}`)?.focus()
          }}
        >
          {tab === 'counterexample' && unknownOnly ? 'Why unknown' : TITLES[tab]}
          {store.casesOf(tab).length > 1 && <span class="count">{store.casesOf(tab).length}</span>}
        </button>
      ))}
    </div>
  )
}
