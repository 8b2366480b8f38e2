/** `lin-kv`: linearizable. One map, one request after the other. */
import type {ValueKey} from '../../../core/value.ts'
import type {Body} from '../packet.ts'
import type {Service} from './service.ts'
import {perform} from './store.ts'

export class LinKv implements Service {
  readonly #values = new Map<ValueKey, unknown>()

  handle(_client: string, request: Body): Body {
    const {answer, change} = perform(this.#values, request, true)
    if (change !== undefined) this.#values.set(change.key, change.value)
    return answer
  }
}
