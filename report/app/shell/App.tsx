/** The page: verdict, properties, tabs, the overview of the run, the open tab, and the details of what is selected. */
import {Counterexample} from '../counterexample/Counterexample.tsx'
import {Environment} from '../environment/Environment.tsx'
import {Logs} from '../logs/Logs.tsx'
import {Minimap} from '../minimap/Minimap.tsx'
import {Network} from '../network/Network.tsx'
import {SidePanel} from '../panel/SidePanel.tsx'
import {Performance} from '../performance/Performance.tsx'
import type {Store, Tab} from '../store.ts'
import {Timeline} from '../timeline/Timeline.tsx'
import {Transactions} from '../transactions/Transactions.tsx'
import {Header} from './Header.tsx'
import {Help} from './Help.tsx'
import {Live} from './Live.tsx'
import {Properties} from './Properties.tsx'
import {Tabs} from './Tabs.tsx'

const VIEWS = {
  counterexample: Counterexample,
  timeline: Timeline,
  transactions: Transactions,
  performance: Performance,
  network: Network,
  logs: Logs,
  environment: Environment,
} satisfies Record<Tab, unknown>

/** Tabs without a time axis have no use for the overview. */
const TIMED: ReadonlySet<Tab> = new Set<Tab>(['timeline', 'performance', 'network', 'logs'])

export function App({store}: {readonly store: Store}) {
  const tab = store.tab.value
  const View = VIEWS[tab]
  return (
    <div class="shell">
      <Header store={store} />
      <Properties store={store} />
      {store.report.payload.notes.map((note) => (
        <p class="banner" role="note" key={note}>
          {note}
        </p>
      ))}
      <Tabs store={store} />
      {TIMED.has(tab) && <Minimap store={store} />}
      <main class="body">
        <div class="main" id="view" role="tabpanel" aria-labelledby={`tab-${tab}`}>
          <View store={store} />
        </div>
        <SidePanel store={store} />
      </main>
      <Live store={store} />
      <Help store={store} />
    </div>
  )
}
