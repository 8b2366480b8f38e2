/** Reading single messages of the stream: of its leader, or of any replica (a direct get). */

import {type Connection, decoded, STREAM} from './connection.ts'
import {CODES} from './errors.ts'
import type {Settings} from './settings.ts'

/** A message that is kept, and its place in the stream. */
export interface Stored {
  readonly value: unknown
  readonly sequence: number
}

/** The last message of a subject, or the first one from a sequence on. */
export type Which = {readonly last_by_subj: string} | {readonly next_by_subj: string; readonly seq: number}

/** What the API answers: JSON with the message in base64, or an error. */
interface Answer {
  readonly message?: {readonly seq: number; readonly data?: string}
  readonly error?: {readonly err_code: number; readonly description: string}
}

/** Undefined where there is no such message. */
export async function readMessage(
  connection: Connection,
  {directReads}: Settings,
  which: Which,
): Promise<Stored | undefined> {
  const question = JSON.stringify(which)
  if (directReads) {
    // The message itself with its sequence in a header, or a status.
    const {data, headers} = await connection.request(`$JS.API.DIRECT.GET.${STREAM}`, question)
    if (headers?.code === 404) return undefined
    if (headers === undefined || headers.code >= 400) throw new Error(`a direct get ended with ${headers?.code}`)
    return {value: decoded(data), sequence: Number(headers.get('Nats-Sequence'))}
  }
  const {data} = await connection.request(`$JS.API.STREAM.MSG.GET.${STREAM}`, question)
  const {message, error} = decoded(data) as Answer
  if (message !== undefined) {
    return {value: decoded(Buffer.from(message.data ?? '', 'base64')), sequence: message.seq}
  }
  if (error?.err_code === CODES.noMessage) return undefined
  throw new Error(error?.description ?? 'an answer without a message')
}
