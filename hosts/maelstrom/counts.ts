/** How many messages were sent, arrived and were lost, as Maelstrom counts them: all, those with clients, those without. */
import type {MessageCount, Messages} from '../../core/messages.ts'
import {isClient} from './names.ts'

type Tally = {-readonly [K in keyof MessageCount]: MessageCount[K]}

export class MessageCounts {
  readonly #clients: Tally = {sent: 0, received: 0, lost: 0}
  readonly #servers: Tally = {sent: 0, received: 0, lost: 0}

  sent(src: string, dest: string): void {
    this.#of(src, dest).sent++
  }

  received(src: string, dest: string): void {
    this.#of(src, dest).received++
  }

  lost(src: string, dest: string): void {
    this.#of(src, dest).lost++
  }

  /** `servers` are messages among nodes and services; `clients` those to and from clients, initialisation included. */
  read(): Messages {
    const clients = {...this.#clients}
    const servers = {...this.#servers}
    const all = {
      sent: clients.sent + servers.sent,
      received: clients.received + servers.received,
      lost: clients.lost + servers.lost,
    }
    return {all, clients, servers}
  }

  #of(src: string, dest: string): Tally {
    return isClient(src) || isClient(dest) ? this.#clients : this.#servers
  }
}
