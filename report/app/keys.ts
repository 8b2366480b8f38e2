/** The keyboard. One table, from which the help sheet is drawn too. */
import {toggleTheme} from './paint/theme.ts'
import type {Store} from './store.ts'

interface Binding {
  readonly keys: readonly string[]
  readonly help: string
  run(store: Store, key: string): void
}

export const BINDINGS: readonly Binding[] = [
  {keys: ['1', '2', '3', '4', '5', '6', '7'], help: 'Switch tab', run: (store, key) => showTab(store, Number(key) - 1)},
  {
    keys: ['ArrowLeft', 'ArrowRight'],
    help: 'Previous, next operation of the lane',
    run: (store, key) => store.step(key === 'ArrowRight' ? 1 : -1),
  },
  {
    keys: ['ArrowUp', 'ArrowDown'],
    help: 'Lane above, below',
    run: (store, key) => store.stepLane(key === 'ArrowDown' ? 1 : -1),
  },
  {
    keys: ['n', 'p'],
    help: 'Next, previous anomaly; in the timeline, operation that proves one (or search result)',
    run: (store, key) => store.stepCase(key === 'n' ? 1 : -1),
  },
  {keys: ['+', '='], help: 'Zoom in', run: (store) => store.zoom(0.5, selectedNs(store))},
  {keys: ['-'], help: 'Zoom out', run: (store) => store.zoom(2, selectedNs(store))},
  {keys: ['0'], help: 'Show the whole run', run: (store) => store.look(store.full)},
  {keys: ['/'], help: 'Search', run: openSearch},
  {keys: ['t'], help: 'Dark, light', run: () => toggleTheme()},
  {keys: ['?'], help: 'This help', run: (store) => (store.helpOpen.value = !store.helpOpen.value)},
  {keys: ['Escape'], help: 'Close', run: close},
]

/** Where typing means typing, and where the arrows mean scrolling. */
const TYPING = 'input, textarea, select'
const SCROLLING = '[data-scrolls]'

export function bindKeys(store: Store): void {
  addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return
    const target = event.target as Element | null
    if (target?.closest?.(TYPING) && event.key !== 'Escape') return
    if (target?.closest?.(SCROLLING) && event.key.startsWith('Arrow')) return
    const binding = BINDINGS.find((each) => each.keys.includes(event.key))
    if (binding === undefined) return
    event.preventDefault()
    binding.run(store, event.key)
  })
}

function showTab(store: Store, at: number): void {
  const tab = store.tabs[at]
  if (tab !== undefined) store.tab.value = tab
}

function openSearch(store: Store): void {
  store.tab.value = 'timeline'
  requestAnimationFrame(() => store.focusSearch?.())
}

function close(store: Store): void {
  if (store.helpOpen.value) store.helpOpen.value = false
  else if (store.query.value !== '') store.query.value = ''
  else store.selection.value = undefined
}

function selectedNs(store: Store): number | undefined {
  const selection = store.selection.value
  if (selection?.kind !== 'op') return undefined
  const startNs = store.report.table.startNs[selection.row]!
  const {fromNs, toNs} = store.view.value
  return startNs >= fromNs && startNs <= toNs ? startNs : undefined
}
