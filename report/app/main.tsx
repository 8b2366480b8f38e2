/** Starts the app: read the data, show the page, take the plain version away. Should anything fail, that one stays. */
import {render} from 'preact'
import './style/index.css'
import {bindAddress} from './address.ts'
import {loadReport, readPayload} from './data/load.ts'
import {bindKeys} from './keys.ts'
import {bindTheme} from './paint/theme.ts'
import {App} from './shell/App.tsx'
import {Opening} from './shell/Opening.tsx'
import {Store} from './store.ts'

/** A table of fewer rows is there before anybody could read. */
const OPENING_ROWS = 50_000

async function start(): Promise<void> {
  bindTheme()
  const payload = readPayload()
  const app = document.getElementById('app') as HTMLElement
  // The verdict at once; of a large run the operations take a moment.
  if (payload.table.rows > OPENING_ROWS) {
    document.documentElement.dataset['opening'] = ''
    render(<Opening payload={payload} />, app)
  }
  const store = new Store(await loadReport(payload))
  bindAddress(store)
  bindKeys(store)
  render(<App store={store} />, app)
  document.documentElement.dataset['ready'] = ''
}

start().catch((error: unknown) => {
  const notice = document.createElement('p')
  notice.className = 'banner'
  notice.textContent = `The interactive report could not start (${error instanceof Error ? error.message : String(error)}). This is its plain version.`
  document.getElementById('plain')?.prepend(notice)
  document.documentElement.dataset['failed'] = ''
})
