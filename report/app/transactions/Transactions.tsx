/** Transactions: every kind of anomaly, the worst first, each with its picture; and the models that fall with them. */
import {CaseList} from '../counterexample/CaseList.tsx'
import {CaseView} from '../counterexample/CaseView.tsx'
import type {Store} from '../store.ts'
import {Models} from './Models.tsx'

export function Transactions({store}: {readonly store: Store}) {
  const {weaker} = store.report.payload
  const cases = store.casesOf('transactions')
  const at = cases.includes(store.caseAt.value) ? store.caseAt.value : cases[0]
  const verdict =
    at === undefined
      ? store.transactional[0]
      : store.transactional.find((each) => each.verdict === store.cases[at]!.verdict)
  return (
    <div class="view counterexample transactions">
      {cases.length > 1 && <CaseList store={store} cases={cases} current={at} />}
      {at === undefined ? (
        <div class="case">
          <div class="case-main">
            <p class="held">No anomaly that breaks the promise was found.</p>
            {store.transactional.map((each) => (
              <Models key={each.verdict.checker} consistency={each.consistency} weaker={weaker} />
            ))}
          </div>
        </div>
      ) : (
        <CaseView key={at} store={store} at={at}>
          {verdict !== undefined && <Models consistency={verdict.consistency} weaker={weaker} />}
        </CaseView>
      )}
    </div>
  )
}
