/**
 * One watch of one key over the gateway (`/v3/watch`): a request whose answer never ends, one JSON object a line. It begins at
 * a revision, and once it is cut another goes on from the revision after the last that arrived.
 */
import {type ClientRequest, request as httpRequest} from 'node:http'
import type {Endpoint} from '../../core/links.ts'
import {base64, type KeyValue, text} from './gateway.ts'

/** A change: the revision that made it, and the value that it set. */
export type Change = readonly [revision: number, value: unknown]

interface Told {
  readonly result?: {
    readonly header: {readonly revision: string}
    readonly created?: boolean
    readonly canceled?: boolean
    readonly events?: readonly {readonly type?: 'PUT' | 'DELETE'; readonly kv: KeyValue}[]
  }
}

export interface WatchOptions {
  readonly address: Endpoint
  readonly key: string
  /** The first revision of which it is to tell; absent: whatever comes after now. */
  readonly from?: number
  /** Told of the revision up to which everything has arrived. */
  onChanges(changes: readonly Change[], through: number): void
  /** Told once, when nothing more will come. */
  onEnd(): void
}

export class WatchStream {
  readonly #request: ClientRequest
  #ended = false

  constructor(options: WatchOptions) {
    const {address, key, from, onEnd} = options
    const body = JSON.stringify({
      create_request: {key: base64(key), ...(from === undefined ? {} : {start_revision: String(from)})},
    })
    const end = () => {
      if (this.#ended) return
      this.#ended = true
      this.#request.destroy()
      onEnd()
    }
    this.#request = httpRequest({...address, agent: false, method: 'POST', path: '/v3/watch'})
    this.#request.on('error', end)
    this.#request.on('close', end)
    this.#request.on('response', (response) => {
      let rest = ''
      response.setEncoding('utf8')
      response.on('error', end)
      response.on('end', end)
      response.on('data', (chunk: string) => {
        const lines = (rest + chunk).split('\n')
        rest = lines.pop() as string
        for (const line of lines) if (!this.#ended && !take(line, options)) end()
      })
    })
    this.#request.end(body)
  }

  get ended(): boolean {
    return this.#ended
  }

  close(): void {
    this.#ended = true
    this.#request.destroy()
  }
}

/** False where it says that nothing more will come. */
function take(line: string, {from, onChanges}: WatchOptions): boolean {
  const {result} = JSON.parse(line) as Told
  if (result === undefined || result.canceled === true) return false
  const changes = (result.events ?? [])
    .filter(({type}) => type !== 'DELETE')
    .map(({kv}): Change => [Number(kv.mod_revision), JSON.parse(text(kv.value ?? ''))])
  // That it was made says nothing of what it still has to tell, unless it is to tell of what comes after only.
  if (result.created === true && from === undefined) onChanges([], Number(result.header.revision))
  const last = changes.at(-1)
  if (last !== undefined) onChanges(changes, last[0])
  return true
}
