/** Which anomaly is shown, when there are several. */
import {Icon} from '../shell/Icon.tsx'
import type {Store} from '../store.ts'

export function CaseList({store}: {readonly store: Store}) {
  return (
    <nav class="cases" aria-label="Anomalies">
      {store.cases.map((each, at) => (
        <button
          type="button"
          key={at}
          aria-current={store.caseAt.value === at}
          onClick={() => {
            store.caseAt.value = at
            store.selection.value = undefined
          }}
        >
          <span class={each.anomaly === undefined ? 'unknown' : 'invalid'}>
            <Icon name={each.anomaly === undefined ? 'unknown' : 'invalid'} />
          </span>
          <span>
            <b>{each.anomaly?.type ?? each.verdict.property}</b>
            {each.anomaly?.key !== undefined && <span class="mono"> {String(each.anomaly.key)}</span>}
            <small>{each.anomaly === undefined ? each.verdict.reason : each.verdict.property}</small>
          </span>
        </button>
      ))}
    </nav>
  )
}
