/** What hosted nodes answer to: a ping of the host's on the peer port, a status request on the client port. */
import {connect} from 'node:net'
import type {Probe} from '../../core/links.ts'
import type {Message} from '../../core/node.ts'
import type {Address} from './control.ts'
import {readLines} from './wire.ts'

/** Sends one line and waits for one line; undefined where none comes. */
function roundTrip(address: Address, line: string, limitMs: number): Promise<string | undefined> {
  return new Promise((resolve) => {
    const socket = connect({...address, noDelay: true})
    const end = (answer: string | undefined) => {
      clearTimeout(timer)
      socket.destroy()
      resolve(answer)
    }
    const timer = setTimeout(() => end(undefined), limitMs)
    socket.on('error', () => end(undefined))
    socket.on('close', () => end(undefined))
    socket.on('connect', () => socket.write(`${line}\n`))
    readLines(socket, end)
  })
}

/** How a peer port is probed: a ping of the host's own, with ballast. */
export const PEER_PROBE: Probe = {send: (bytes) => `${JSON.stringify({ping: 1, ballast: '.'.repeat(bytes)})}\n`}

const STATUS_LINE = JSON.stringify({id: 0, m: {type: 'status'}})

/** How a client port is probed: any answer to a status request will do. */
export const STATUS_PROBE: Probe = {send: `${STATUS_LINE}\n`}

/** What a node answers to a request of ours; undefined where it does not. */
export async function ask(address: Address, request: Message, limitMs: number): Promise<Message | undefined> {
  const answer = await roundTrip(address, JSON.stringify({id: 0, m: request}), limitMs)
  return answer === undefined ? undefined : (JSON.parse(answer) as {m: Message}).m
}
