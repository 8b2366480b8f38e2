/** What is seen while the operations are still being unpacked: the verdict, which needs none of them. */
import {showCount} from '../../../core/quantities.ts'
import type {Payload} from '../../payload.ts'
import {Icon} from './Icon.tsx'
import {VERDICT_WORD} from './words.ts'

export function Opening({payload}: {readonly payload: Payload}) {
  const {judgement, table} = payload
  return (
    <div class="shell">
      <header class="verdict">
        <div class={`badge ${judgement.validity}`}>
          <Icon name={judgement.validity} />
          {VERDICT_WORD[judgement.validity]}
        </div>
        <div class="verdict-text">
          <h1>{judgement.sentence}</h1>
          <p class="run-facts">Unpacking {showCount(table.rows)} operations</p>
        </div>
      </header>
    </div>
  )
}
