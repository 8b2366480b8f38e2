/** The keyboard sheet. */
import {BINDINGS} from '../keys.ts'
import type {Store} from '../store.ts'
import {Icon} from './Icon.tsx'

const SYMBOLS: Readonly<Record<string, string>> = {
  ArrowLeft: '←',
  ArrowRight: '→',
  ArrowUp: '↑',
  ArrowDown: '↓',
  Escape: 'Esc',
}

export function Help({store}: {readonly store: Store}) {
  if (!store.helpOpen.value) return null
  return (
    <div class="veil">
      <dialog open class="help" aria-label="Keyboard">
        <header>
          <h2>Keyboard</h2>
          <button type="button" class="icon" aria-label="Close help" onClick={() => (store.helpOpen.value = false)}>
            <Icon name="close" />
          </button>
        </header>
        <dl>
          {BINDINGS.map((binding) => (
            <div key={binding.help}>
              <dt>
                {(binding.keys.length > 4 ? ['1', '…', '7'] : binding.keys).map((key) => (
                  <kbd key={key}>{SYMBOLS[key] ?? key}</kbd>
                ))}
              </dt>
              <dd>{binding.help}</dd>
            </div>
          ))}
        </dl>
        <p class="dim">
          On charts the wheel zooms, dragging pans, a double click zooms in. On the overview a drag sets the window for
          every tab.
        </p>
      </dialog>
    </div>
  )
}
