/** The smallest story that proves it, or how far the search came where nothing is proved. */
import type {Store} from '../store.ts'
import {CaseList} from './CaseList.tsx'
import {CaseView} from './CaseView.tsx'

export function Counterexample({store}: {readonly store: Store}) {
  const cases = store.casesOf('counterexample')
  const at = cases.includes(store.caseAt.value) ? store.caseAt.value : cases[0]!
  return (
    <div class="view counterexample">
      {cases.length > 1 && <CaseList store={store} cases={cases} current={at} />}
      <CaseView key={at} store={store} at={at} />
    </div>
  )
}
