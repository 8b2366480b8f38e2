/**
 * Histories drawn as text, for tests and examples: a line per process, time from left to right.
 *
 *     0@n1  |write x=1|      |read x=1|
 *     1@n2       |write x=2 >     |read! x → 2|
 *     2              |cas x=[1 2] #
 *     partition  |==========|
 *
 * An operation reaches from its `|` to `|` (ok), `#` (fail) or `>` (info). Its text is the function (with `!` for a final
 * read), perhaps `key=`, and a value: what is read for functions that read, what is asked for otherwise; `asked → answered`
 * gives both. A value is a number, a word, `nil`, `[1 2]` or `{a: 1}`. Other labels are faults in force, `?==?` when no
 * probe saw them. A column is 10 ms; what touches is concurrent.
 */
import {type History, history} from '../../core/history.ts'
import type {Key, Op, OpType, ProcessId} from '../../core/op.ts'

/** Time between two columns. */
export const COLUMN_NS = 10_000_000

const READS = new Set(['read', 'dequeue', 'poll', 'drain', 'generate', 'acquire', 'get'])
const INTERVAL = /\|([^|>#]*?)(\||\s>|\s#)/g

type Draft = Omit<Op, 'index'> & {readonly column: number; readonly last: boolean}

/** The history that a diagram shows. Throws Error where the drawing makes no sense. */
export function diagram(text: string): History {
  const drafts: Draft[] = []
  for (const line of text.split('\n')) {
    const label = /^\s*(\S+)/.exec(line)
    if (label === null) continue
    const [, name] = label as unknown as [string, string]
    const client = /^(\d+)(?:@(\w+))?$/.exec(name)
    if (client === null) drafts.push(...faultOps(name, line))
    else drafts.push(...clientOps(Number(client[1]), client[2], line))
  }
  drafts.sort((left, right) => left.column - right.column || Number(left.last) - Number(right.last))
  return history(drafts.map(({column: _, last: __, ...op}, index) => ({index, ...op})))
}

function clientOps(process: number, node: string | undefined, line: string): Draft[] {
  const drafts: Draft[] = []
  INTERVAL.lastIndex = 0
  let shared = false
  for (let match = INTERVAL.exec(line); match !== null; match = INTERVAL.exec(line)) {
    const type: OpType = match[2] === '|' ? 'ok' : match[2] === ' #' ? 'fail' : 'info'
    const call = callOf(match[1] as string)
    const common = {process, f: call.f, ...call.key, ...(node === undefined ? {} : {node}), ...call.final}
    const end = match.index + match[0].length - 1
    drafts.push(draft(match.index + (shared ? 0.5 : 0), false, {...common, type: 'invoke', value: call.input}))
    drafts.push(draft(end, true, {...common, type, value: type === 'ok' ? call.output : call.input}))
    // In `|read 1|read 2|` the second begins where the first ends, just after it.
    shared = type === 'ok' && /^\|[^|>#]*[^\s|>#][^|>#]*(\||\s>|\s#)/.test(line.slice(end))
    if (shared) INTERVAL.lastIndex--
  }
  return drafts
}

function draft(column: number, last: boolean, op: Omit<Op, 'index' | 'timeNs'>): Draft {
  return {...op, timeNs: column * COLUMN_NS, column, last}
}

interface Call {
  readonly f: string
  readonly key: {readonly key?: Key}
  readonly final: {readonly final?: true}
  readonly input: unknown
  readonly output: unknown
}

function callOf(text: string): Call {
  const match = /^\s*([\w-]+)(!)?\s*(?:([\w-]+)=)?(.*?)\s*$/.exec(text)
  if (match === null) throw new Error(`not an operation: "${text}"`)
  const [, f, bang, key, rest] = match as unknown as [string, string, string?, string?, string?]
  const [left, right] = (rest ?? '').split('→').map((part) => part.trim())
  const given = parseValue(left ?? '')
  const reads = READS.has(f)
  return {
    f,
    key: key === undefined ? {} : {key},
    final: bang === undefined ? {} : {final: true},
    input: right === undefined && reads ? null : given,
    output: right === undefined ? given : parseValue(right),
  }
}

/** A value in the notation of the diagram. */
export function parseValue(text: string): unknown {
  const tokens = text.match(/[[\]{}]|"[^"]*"|[^\s,[\]{}]+/g) ?? []
  let at = 0
  const value = (): unknown => {
    const token = tokens[at++]
    if (token === '[') {
      const items: unknown[] = []
      while (tokens[at] !== ']' && at < tokens.length) items.push(value())
      at++
      return items
    }
    if (token === '{') {
      const fields: Record<string, unknown> = {}
      while (tokens[at] !== '}' && at < tokens.length) {
        const name = (tokens[at++] as string).replace(/:$/, '')
        fields[name] = value()
      }
      at++
      return fields
    }
    if (token === undefined || token === 'nil') return null
    if (token === 'true' || token === 'false') return token === 'true'
    return /^-?\d+(\.\d+)?$/.test(token) ? Number(token) : token.replaceAll('"', '')
  }
  return value()
}

function faultOps(name: string, line: string): Draft[] {
  const process: ProcessId = `nemesis:${name}`
  const from = line.search(/[|?]=/)
  if (from < 0) throw new Error(`no fault drawn: "${line}"`)
  const to = line.search(/=[|?]/)
  const proof = {verified: line[from] === '|', evidence: ''}
  const both = (column: number, f: string, value: unknown): Draft[] => [
    draft(column, false, {process, type: 'info', f, value: null}),
    draft(column, false, {process, type: 'info', f, value}),
  ]
  return [
    ...both(from, `start-${name}`, {description: name, victims: [], proof}),
    ...(to < 0 ? [] : both(to + 1, `stop-${name}`, {description: name, victims: [], proof})),
  ]
}
