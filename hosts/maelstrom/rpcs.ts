/**
 * The requests of Maelstrom's workloads, field by field, and the answers that they may have. As in Maelstrom, an answer has
 * exactly the fields that stand here; one more is only told of unless everything is to be strict.
 */
import {isObject, printJson} from './json.ts'
import {kindOf} from './packet.ts'

/** What a field of an answer has to be. */
interface Field {
  readonly words: string
  fits(value: unknown): boolean
}

const isInt = (value: unknown): boolean => typeof value === 'bigint' || Number.isInteger(value)

const ANY: Field = {words: 'anything', fits: (value) => value !== undefined}
const INT: Field = {words: 'a whole number', fits: isInt}
/** Maelstrom takes null for an empty list. */
const LIST: Field = {words: 'a list', fits: (value) => Array.isArray(value) || value === null}
const OFFSETS: Field = {
  words: 'an object of whole numbers, {"key": offset}',
  fits: (value) => isObject(value) && Object.values(value).every(isInt),
}
const RECORDS: Field = {
  words: 'an object of lists of pairs, {"key": [[offset, message], …]}',
  fits: (value) =>
    isObject(value) &&
    Object.values(value).every(
      (list) => Array.isArray(list) && list.every((pair) => Array.isArray(pair) && pair.length === 2 && isInt(pair[0])),
    ),
}
const TRANSACTION: Field = {
  words: 'a list of triples, [["r", key, value], …]',
  fits: (value) =>
    Array.isArray(value) &&
    value.every((micro) => Array.isArray(micro) && micro.length === 3 && typeof micro[0] === 'string'),
}

/** The fields of an answer, by name. */
export type Fields = Readonly<Record<string, Field>>

/** Of each workload its requests, with the fields of their answers. The answer's type is the request's with `_ok` behind it. */
export const RPCS = {
  echo: {echo: {echo: ANY}},
  'unique-ids': {generate: {id: ANY}},
  broadcast: {topology: {}, broadcast: {}, read: {messages: LIST}},
  'g-set': {add: {}, read: {value: LIST}},
  'g-counter': {add: {}, read: {value: INT}},
  'pn-counter': {add: {}, read: {value: INT}},
  'lin-kv': {read: {value: ANY}, write: {}, cas: {}},
  'txn-list-append': {txn: {txn: TRANSACTION}},
  'txn-rw-register': {txn: {txn: TRANSACTION}},
  kafka: {
    send: {offset: INT},
    poll: {msgs: RECORDS},
    commit_offsets: {},
    list_committed_offsets: {offsets: OFFSETS},
  },
} as const satisfies Record<string, Record<string, Fields>>

export type MaelstromWorkload = keyof typeof RPCS

/** Fields that any answer may have. */
const RESERVED = ['type', 'msg_id', 'in_reply_to']

/** What an answer must look like: `{"type": "read_ok", "messages": a list}`. */
export function expectedAnswer(request: string, fields: Fields): string {
  const parts = Object.entries(fields).map(([name, {words}]) => `, "${name}": ${words}`)
  return `{"type": "${request}_ok", "in_reply_to": …${parts.join('')}}`
}

/** What is wrong with an answer: what no client can use, and what Maelstrom alone would refuse. */
export function faultsOf(
  request: string,
  fields: Fields,
  body: Readonly<Record<string, unknown>>,
): {readonly wrong?: string; readonly extra?: string} {
  if (body['type'] !== `${request}_ok`) {
    return {wrong: `with the type ${printJson(body['type'])} instead of "${request}_ok"`}
  }
  for (const [name, field] of Object.entries(fields)) {
    const value = Object.hasOwn(body, name) ? body[name] : undefined
    if (value === undefined) return {wrong: `without "${name}", which is to be ${field.words}`}
    if (!field.fits(value)) return {wrong: `with "${name}" that is not ${field.words} but ${kindOf(value)}`}
  }
  const extra = Object.keys(body).find((name) => !RESERVED.includes(name) && !Object.hasOwn(fields, name))
  return extra === undefined ? {} : {extra}
}
