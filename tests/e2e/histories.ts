/** Small histories written by hand, a word or two an op, in each format that they come in; and the command that judges one. */
import {writeFileSync} from 'node:fs'
import type {Ended, Workplace} from './cli.ts'

/** A history of JSON Lines: `0 write 1` invokes, `0 ok write 1` completes; values are JSON, `-` is null. */
export function jsonl(...lines: string[]): string {
  return lines.map((line) => `${JSON.stringify(opOf(line))}\n`).join('')
}

export function opOf(line: string) {
  const [process, ...words] = line.split(' ')
  const type = ['ok', 'fail', 'info'].includes(words[0] as string) ? words.shift() : 'invoke'
  const [f, ...value] = words
  const text = value.join(' ')
  return {type, process: Number(process), f, value: text === '-' || text === '' ? null : JSON.parse(text)}
}

/** The same ops in EDN, one map a line. */
export function edn(...lines: string[]): string {
  return lines
    .map((line) => {
      const {type, process, f, value} = opOf(line)
      const form = JSON.stringify(value)
        .replaceAll('null', 'nil')
        .replaceAll(/"(r|w|append)"/g, ':$1')
        .replaceAll(',', ' ')
      return `{:type :${type}, :process ${process}, :f :${f}, :value ${form}}\n`
    })
    .join('')
}

export const json = (...lines: string[]) => `[${lines.map((line) => JSON.stringify(opOf(line))).join(',\n')}]\n`
export const log = (...lines: string[]) =>
  lines
    .map(opOf)
    .map(({type, process, f, value}) => `INFO  jepsen.util - ${process}\t:${type}\t:${f}\t${value ?? 'nil'}\n`)
    .join('')

export const FRESH = ['0 write 1', '0 ok write 1', '1 read -', '1 ok read 1']
export const STALE = [
  ...['0 write 1', '0 ok write 1', '0 write 2', '0 ok write 2'],
  ...['1 read -', '1 ok read 2', '2 read -', '2 ok read 1'],
]
export const SKEW = [
  '0 txn [["append", "x", 1], ["r", "y", null]]',
  '1 txn [["append", "y", 1], ["r", "x", null]]',
  '0 ok txn [["append", "x", 1], ["r", "y", []]]',
  '1 ok txn [["append", "y", 1], ["r", "x", []]]',
]

/** Writes the content to a file and has `chaos check` judge it. */
export function checkIn(place: Workplace): (content: string, ...flags: string[]) => Promise<Ended> {
  return (content, ...flags) => {
    writeFileSync(place.file('history'), content)
    return place.chaos('check', 'history', ...flags)
  }
}
