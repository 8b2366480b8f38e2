/**
 * One round trip to a hosted node, over whatever the address leads through. To the peer port goes a host-level ping; to the
 * client port a status request.
 */
import {connect} from 'node:net'
import type {Ping} from '../../core/network.ts'
import type {Message} from '../../core/node.ts'
import type {Address} from './control.ts'
import {readLines} from './wire.ts'

/** Sends one line and waits for one line. `answer` is absent where none came. */
export function roundTrip(address: Address, line: string, limitMs: number): Promise<Ping & {readonly answer?: string}> {
  return new Promise((resolve) => {
    const startNs = process.hrtime.bigint()
    const socket = connect({...address, noDelay: true})
    const end = (result: Ping & {readonly answer?: string}) => {
      clearTimeout(timer)
      socket.destroy()
      resolve(result)
    }
    const timer = setTimeout(() => end({reachable: false, error: `no answer in ${limitMs} ms`}), limitMs)
    socket.on('error', (error: NodeJS.ErrnoException) => end({reachable: false, error: error.code ?? error.message}))
    socket.on('close', () => end({reachable: false, error: 'connection closed'}))
    socket.on('connect', () => socket.write(`${line}\n`))
    readLines(socket, (answer) =>
      end({reachable: true, rttMs: Number(process.hrtime.bigint() - startNs) / 1e6, answer}),
    )
  })
}

/** A ping with this much ballast. */
export function pingLine(bytes = 0): string {
  return JSON.stringify({ping: 1, ballast: '.'.repeat(bytes)})
}

const STATUS_LINE = JSON.stringify({id: 0, m: {type: 'status'}})

/** A ping over a client link: any answer to a status request will do. */
export function pingClientPort(address: Address, limitMs: number): Promise<Ping> {
  return roundTrip(address, STATUS_LINE, limitMs)
}

/** What a node says of itself; undefined where it does not answer. */
export async function askStatus(address: Address, limitMs: number): Promise<Message | undefined> {
  const {answer} = await roundTrip(address, STATUS_LINE, limitMs)
  return answer === undefined ? undefined : (JSON.parse(answer) as {m: Message}).m
}
