/** One question in plain text to a service, on a connection of its own. */
import {connect} from 'node:net'
import type {HostPort} from './ports.ts'

/** What came back until it was complete or the service hung up; undefined where neither was within the limit. */
export function exchange(
  address: HostPort,
  question: string,
  limitMs: number,
  complete: (text: string) => boolean,
): Promise<string | undefined> {
  return new Promise((resolve) => {
    let text = ''
    const socket = connect(address)
    const end = (answer: string | undefined) => {
      clearTimeout(timer)
      socket.destroy()
      resolve(answer)
    }
    const timer = setTimeout(() => end(undefined), limitMs)
    socket.setEncoding('utf8')
    socket.on('connect', () => socket.write(question))
    socket.on('data', (chunk: string) => {
      text += chunk
      if (complete(text)) end(text)
    })
    socket.on('end', () => end(text === '' ? undefined : text))
    socket.on('error', () => end(undefined))
  })
}
