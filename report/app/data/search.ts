/**
 * Search over the operations. Words must all match: `#4130` an op, `p4` a process, `n1` a node, `ok`/`fail`/`info` an
 * outcome, anything else part of the function, key, value or error. Values are matched in the dictionary once, not per row.
 */
import {OUTCOME} from '../../payload.ts'
import {decodeValue} from '../../values.ts'
import type {Table} from './table.ts'

type Test = (row: number) => boolean

/** Rows that match, ascending; undefined when nothing is asked. */
export function search(table: Table, query: string): Uint32Array | undefined {
  const words = query.trim().toLowerCase().split(/\s+/).filter(Boolean)
  if (words.length === 0) return undefined
  const tests = words.map((word) => testFor(table, word))
  const found: number[] = []
  for (let row = 0; row < table.rows; row++) if (tests.every((test) => test(row))) found.push(row)
  return Uint32Array.from(found)
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
