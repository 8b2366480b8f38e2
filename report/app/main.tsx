/** Starts the app: read the data, show the page, take the plain version away. Should anything fail, that one stays. */
import {render} from 'preact'
import './style/index.css'
import {bindAddress} from './address.ts'
import {loadReport} from './data/load.ts'
import {bindKeys} from './keys.ts'
import {bindTheme} from './paint/theme.ts'
import {App} from './shell/App.tsx'
import {Store} from './store.ts'

async function start(): Promise<void> {
  bindTheme()
  const store = new Store(await loadReport())
  bindAddress(store)
  bindKeys(store)
  render(<App store={store} />, document.getElementById('app') as HTMLElement)
  document.documentElement.dataset['ready'] = ''
}

start().catch((error: unknown) => {
  const notice = document.createElement('p')
  notice.className = 'banner'
  notice.textContent = `The interactive report could not start (${error instanceof Error ? error.message : String(error)}). This is its plain version.`
  document.getElementById('plain')?.prepend(notice)
  document.documentElement.dataset['failed'] = ''
})
