/** Every fault with its proof: what was asked, when, and what the probe saw. */
import {duration, moment} from '../data/time.ts'
import {Icon} from '../shell/Icon.tsx'
import type {Store} from '../store.ts'
import {Card} from './Card.tsx'

export function FaultTable({store}: {readonly store: Store}) {
  const {faults} = store.report.payload
  if (faults.length === 0) return null
  return (
    <Card title="Faults" wide>
      <table class="faults">
        <thead>
          <tr>
            <th>Fault</th>
            <th>What</th>
            <th>From</th>
            <th>For</th>
            <th>Proof</th>
          </tr>
        </thead>
        <tbody>
          {faults.slice(0, 500).map((fault, at) => (
            <tr key={fault.startIndex}>
              <th scope="row">
                <button type="button" class="op-link" onClick={() => (store.selection.value = {kind: 'fault', at})}>
                  {fault.fault}
                </button>
              </th>
              <td class="mono">{fault.description}</td>
              <td>{moment(fault.startNs)}</td>
              <td>{fault.endNs === null ? 'to the end' : duration(fault.endNs - fault.startNs)}</td>
              <td class={fault.verified ? 'proof yes' : 'proof no'}>
                <Icon name={fault.verified ? 'valid' : 'unknown'} />
                <span>{fault.proof || (fault.verified ? 'verified' : 'not verified')}</span>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </Card>
  )
}
