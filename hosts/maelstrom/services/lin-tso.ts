/** `lin-tso`: a timestamp oracle. 0, 1, 2, … */
import type {Body} from '../packet.ts'
import {refusal, type Service} from './service.ts'

export class LinTso implements Service {
  #next = 0

  handle(_client: string, {type}: Body): Body {
    return type === 'ts'
      ? {type: 'ts_ok', ts: this.#next++}
      : refusal(10, `the timestamp oracle understands ts, not ${type}`)
  }
}
