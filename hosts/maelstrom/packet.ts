/**
 * One line of the wire: `{"src": "n1", "dest": "n2", "body": {"type": …}}`. What a node prints is checked here, and a line
 * that is something else is quoted with what was expected in its place.
 */
import {EnvironmentError, messageOf} from '../../core/error.ts'
import {isObject, parseJson, printJson} from './json.ts'

/** What nodes, clients and services say to each other: a `type`, perhaps `msg_id` and `in_reply_to`, and what belongs to it. */
export type Body = Readonly<Record<string, unknown>> & {readonly type: string}

export interface Packet {
  readonly src: string
  readonly dest: string
  readonly body: Body
  /** The line without its opening brace, to be passed on as it was printed; absent where it must be written anew. */
  readonly rest?: string | undefined
}

/** Characters of a line that an error quotes. */
const QUOTED = 300

const EXPECTED = 'Expected: one JSON object a line, {"src": "n1", "dest": "…", "body": {"type": "…", …}}.'

/** A node said something that the protocol has no place for: exit 4, with the line. */
export class ProtocolBreach extends EnvironmentError {
  override name = 'ProtocolBreach'
}

/** A line, as an error quotes it. */
export function quoted(line: string): string {
  return line.length > QUOTED ? `${line.slice(0, QUOTED)}… (${line.length} characters)` : line
}

export function breach(node: string, what: string, line: string, hints: readonly string[] = []): ProtocolBreach {
  return new ProtocolBreach(`Node ${node} ${what}.`, [`It printed: ${quoted(line)}`, ...hints])
}

/** Reads what a node printed. Throws ProtocolBreach that says what is wrong with it. */
export function readPacket(line: string, node: string): Packet {
  let value: unknown
  try {
    value = parseJson(line)
  } catch (error) {
    throw breach(node, `printed a line that is not JSON (${messageOf(error)})`, line, [
      EXPECTED,
      'Standard output is for messages alone: a log belongs on standard error.',
    ])
  }
  if (!isObject(value)) throw breach(node, 'printed JSON that is not an object', line, [EXPECTED])
  const {src, dest, body} = value
  for (const name in value) {
    if (name === 'src' || name === 'dest' || name === 'body' || name === 'id') continue
    const hint =
      name === 'type' || name === 'msg_id' || name === 'in_reply_to' ? [`"${name}" belongs into "body".`] : []
    throw breach(node, `sent a message with the field "${name}" beside src, dest and body`, line, [...hint, EXPECTED])
  }
  if (typeof src !== 'string') throw breach(node, `sent a message ${without('src', src)}`, line, [EXPECTED])
  if (typeof dest !== 'string') throw breach(node, `sent a message ${without('dest', dest)}`, line, [EXPECTED])
  if (!isObject(body)) throw breach(node, `sent a message whose body is ${kindOf(body)}`, line, [EXPECTED])
  if (typeof body['type'] !== 'string') {
    throw breach(node, `sent a message whose body is ${without('type', body['type'])}`, line, [EXPECTED])
  }
  // Written out, since copies of objects cost more than reading the line.
  const rest = 'id' in value ? undefined : line.slice(line.indexOf('{') + 1)
  return {src, dest, body: body as Body, rest}
}

/** The line that a node reads. Maelstrom numbers every message; nodes ignore the number. */
export function writePacket({src, dest, body, rest}: Packet, id: number): string {
  if (rest !== undefined) return `{"id":${id},${rest}`
  return `{"id":${id},"src":${JSON.stringify(src)},"dest":${JSON.stringify(dest)},"body":${printJson(body)}}`
}

function without(field: string, found: unknown): string {
  return found === undefined ? `without "${field}"` : `with "${field}" that is ${kindOf(found)}, not a text`
}

export function kindOf(value: unknown): string {
  if (value === undefined) return 'missing'
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'a list'
  if (typeof value === 'object') return isObject(value) ? 'an object' : 'a number'
  if (typeof value === 'string') return 'a text'
  return typeof value === 'boolean' ? String(value) : 'a number'
}
