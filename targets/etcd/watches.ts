/**
 * Announcing and being told: a name is a key, a change is a put, its position the revision. "Ordered, unique, reliable,
 * atomic, resumable" is what the documentation says of watches ("etcd API guarantees").
 *
 * A poll first asks for the revision of the last change, and then waits until the watch has told of it: that nothing has
 * arrived yet is no answer.
 */
import {type Client, NotDone, type Request} from '../../core/client.ts'
import {messageOf} from '../../core/error.ts'
import type {Endpoint} from '../../core/links.ts'
import {base64, type Gateway, type KeyValue} from './gateway.ts'
import type {Settings} from './settings.ts'
import {type Change, WatchStream} from './watch-stream.ts'

export interface Watches {
  readonly operations: Client['operations']
  close(): void
}

export function watches(gateway: Gateway, address: Endpoint, settings: Settings): Watches {
  const watchers = new Map<string, Watcher>()
  const nameOf = ({key}: Request) => `watch/${key}`
  const watcherOf = (name: string): Watcher => {
    const watcher = watchers.get(name) ?? new Watcher(address, name, settings.resumedWatches)
    watchers.set(name, watcher)
    return watcher
  }
  return {
    operations: {
      async send(request) {
        const put = {key: base64(nameOf(request)), value: base64(JSON.stringify(request.value))}
        const {header} = await gateway.change<{header: {revision: string}}>('kv/put', put, request.signal)
        return Number(header.revision)
      },
      async poll(request) {
        const name = nameOf(request)
        const watcher = watcherOf(name)
        const range = {key: base64(name), serializable: settings.serializableReads}
        // It only looks: whatever becomes of it, nothing was taken, and the same watcher may try again.
        const {kvs = []} = await gateway
          .look<{kvs?: readonly KeyValue[]}>('kv/range', range, request.signal)
          .catch((error: unknown) => {
            throw new NotDone(messageOf(error))
          })
        await watcher.untilToldOf(Number(kvs[0]?.mod_revision ?? 0), request.signal)
        return watcher.take()
      },
    },
    close() {
      for (const watcher of watchers.values()) watcher.close()
    },
  }
}

/** Everything that one client is told of one key. */
class Watcher {
  readonly #address: Endpoint
  readonly #key: string
  /** Whether a watch that was cut goes on where it ended. */
  readonly #resumes: boolean
  #stream: WatchStream | undefined
  #changes: Change[] = []
  /** The revision up to which everything has arrived. */
  #through = 0
  /** Called whenever something has changed. */
  #wake = () => {}

  constructor(address: Endpoint, key: string, resumes: boolean) {
    this.#address = address
    this.#key = key
    this.#resumes = resumes
  }

  /** Throws NotDone where the watch is cut meanwhile: what has arrived is kept for the next poll. */
  async untilToldOf(revision: number, signal: AbortSignal): Promise<void> {
    this.#open()
    while (this.#through < revision) {
      if (this.#stream?.ended !== false) throw new NotDone('the watch was cut')
      await new Promise<void>((resolve, reject) => {
        this.#wake = resolve
        signal.addEventListener('abort', () => reject(signal.reason), {once: true})
      })
    }
  }

  take(): readonly Change[] {
    const changes = this.#changes
    this.#changes = []
    return changes
  }

  close(): void {
    this.#stream?.close()
  }

  #open(): void {
    if (this.#stream?.ended === false) return
    const again = this.#stream !== undefined
    this.#stream = new WatchStream({
      address: this.#address,
      key: this.#key,
      ...(again && !this.#resumes ? {} : {from: this.#through + 1}),
      onChanges: (changes, through) => {
        this.#changes.push(...changes)
        this.#through = through
        this.#wake()
      },
      onEnd: () => this.#wake(),
    })
  }
}
