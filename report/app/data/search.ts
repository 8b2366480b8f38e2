/**
 * Search over the operations. Words must all match: `#4130` an op, `p4` a process, `n1` a node, `ok`/`fail`/`info` an
 * outcome, anything else part of the function, key, value or error. Values are matched in the dictionary once, not per row.
 */
import {OUTCOME} from '../../payload.ts'
import {decodeValue} from '../../values.ts'
import {breath, inSlices} from './slices.ts'
import type {Table} from './table.ts'

type Test = (row: number) => boolean

/** Rows that match, ascending; undefined when nothing is asked. */
export function search(table: Table, query: string): Uint32Array | undefined {
  const tests = testsFor(table, query)
  if (tests === undefined) return undefined
  const found: number[] = []
  collect(tests, found, 0, table.rows)
  return Uint32Array.from(found)
}

/** The same in short tasks. Undefined also when it is no longer wanted. */
export async function searchInSlices(
  table: Table,
  query: string,
  isWanted: () => boolean,
): Promise<Uint32Array | undefined> {
  await breath()
  const tests = isWanted() ? testsFor(table, query) : undefined
  if (tests === undefined) return undefined
  const found: number[] = []
  const isDone = await inSlices(table.rows, (from, to) => collect(tests, found, from, to), isWanted)
  return isDone ? Uint32Array.from(found) : undefined
}

function testsFor(table: Table, query: string): Test[] | undefined {
  const words = query.trim().toLowerCase().split(/\s+/).filter(Boolean)
  return words.length === 0 ? undefined : words.map((word) => testFor(table, word))
}

function collect(tests: readonly Test[], found: number[], from: number, to: number): void {
  for (let row = from; row < to; row++) if (tests.every((test) => test(row))) found.push(row)
}

function testFor(table: Table, word: string): Test {
  const {columns} = table
  const outcome = outcomeNamed(word)
  if (outcome !== undefined) return (row) => table.outcome(row) === outcome
  const index = /^#(\d+)$/.exec(word)
  if (index !== null) {
    const wanted = Number(index[1])
    return (row) => table.index[row] === wanted || table.completion(row) === wanted
  }
  const process = /^p(\d+)$/.exec(word)
  if (process !== null) return (row) => table.process(row) === process[1]
  const node = table.facts.nodes.findIndex((name) => name !== '' && name.toLowerCase() === word)
  if (node >= 0) return (row) => columns.node[row] === node
  return textTest(table, word)
}

function outcomeNamed(word: string): number | undefined {
  if (word === 'ok') return OUTCOME.ok
  if (word === 'fail' || word === 'failed') return OUTCOME.fail
  return word === 'info' || word === 'unknown' ? OUTCOME.info : undefined
}

function textTest(table: Table, word: string): Test {
  const {columns} = table
  const within = (texts: readonly string[]) => texts.map((text) => text.toLowerCase().includes(word))
  const inFunction = within(table.facts.functions)
  // A whole key must be meant when one has that name: x1 is not x10.
  const whole = table.facts.keys.findIndex((key) => key.toLowerCase() === word)
  const inKey = whole >= 0 ? table.facts.keys.map((_, position) => position === whole) : within(table.facts.keys)
  const inText = table.texts.containing(word)
  const isNumber = /^-?\d+$/.test(word)
  const inCell = (cell: number) => {
    if (cell === 0) return false
    return cell % 2 === 1 ? isNumber && decodeValue(cell, table.texts) === word : inText[cell / 2 - 1] === 1
  }
  return (row) => {
    const error = columns.error[row]!
    return (
      inFunction[columns.f[row]!] === true ||
      inKey[columns.key[row]!] === true ||
      inCell(columns.input[row]!) ||
      inCell(columns.output[row]!) ||
      (error !== 0 && inText[error - 1] === 1)
    )
  }
}
