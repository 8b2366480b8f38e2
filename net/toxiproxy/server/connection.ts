/**
 * A proxied connection: two wires and a pipe each way. When one side ends, the end travels through its pipe behind the
 * data. On a strict server it arrives as what it was. Else there is no half-close: the other side is closed altogether, and
 * that end travels back.
 */
import type {Random} from '../../../core/random.ts'
import type {Direction} from '../api.ts'
import {Pipe} from './pipe.ts'
import type {Setting} from './stage.ts'
import type {ToxicEntry} from './toxic-entry.ts'
import type {Wire} from './wire.ts'

export interface ConnectionEvents {
  /** A direction has come to its end: its bytes count now. */
  onDirectionDone(direction: Direction, receivedBytes: number, sentBytes: number): void
  /** Both have. */
  onDone(): void
}

export class Connection {
  readonly upstream: Pipe
  readonly downstream: Pipe
  readonly #strict: boolean
  readonly #client: Wire
  readonly #server: Wire

  /** Both wires are connected and not yet open. `toxics` are those of the proxy at this moment. */
  constructor(
    client: Wire,
    server: Wire,
    toxics: readonly ToxicEntry[],
    setting: Setting,
    random: Random,
    events: ConnectionEvents,
  ) {
    const resets = !setting.strict && toxics.some((entry) => entry.toxic.resets)
    const towards = (direction: Direction) => toxics.filter((entry) => entry.direction === direction)
    this.#strict = setting.strict
    this.#client = client
    this.#server = server
    this.upstream = new Pipe(client, server, towards('upstream'), setting, random.fork('upstream'))
    this.downstream = new Pipe(server, client, towards('downstream'), setting, random.fork('downstream'))
    let closed = 0
    const join = (wire: Wire, from: Pipe, to: Pipe, direction: Direction) =>
      wire.open(
        {
          onData: (data) => from.data(data),
          onEnd: (how) => from.end(how),
          onDrain: () => to.drained(),
          onClosed: () => {
            to.kill()
            events.onDirectionDone(direction, to.receivedBytes, to.sentBytes)
            if (++closed === 2) events.onDone()
          },
        },
        resets,
      )
    join(client, this.upstream, this.downstream, 'downstream')
    join(server, this.downstream, this.upstream, 'upstream')
  }

  pipe(direction: Direction): Pipe {
    return this[direction]
  }

  /** Closes both sides at once; bytes on their way are lost. */
  destroy(): void {
    const how = this.#strict ? 'reset' : 'close'
    this.#client.destroy(how)
    this.#server.destroy(how)
  }
}
