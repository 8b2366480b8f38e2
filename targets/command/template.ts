/**
 * A node's command line as the operator wrote it, with blanks: `./bin/kv --id {id} --port {port} --peers {peers}`.
 */
import {UsageError} from '../../core/error.ts'

/** What fills the blanks. */
export interface Blanks {
  readonly id: string
  readonly port: string
  /** Every other node as `id=host:port`, separated by commas; the addresses are this node's own proxies. */
  readonly peers: string
  /** An empty directory of this node's own, kept over restarts. */
  readonly directory: string
  /** Every node's id, separated by commas. */
  readonly nodes: string
}

const BLANK = /\{(\w+)\}/g
const NAMES: readonly (keyof Blanks)[] = ['id', 'port', 'peers', 'directory', 'nodes']

/** Splits a command line into words; quotes hold words together. Throws UsageError for an open quote or an unknown blank. */
export function parseTemplate(command: string): readonly string[] {
  for (const [blank, name] of command.matchAll(BLANK)) {
    if (NAMES.includes(name as keyof Blanks)) continue
    throw new UsageError(`Unknown blank ${blank} in the command "${command}".`, [
      `Blanks: ${NAMES.map((known) => `{${known}}`).join(', ')}`,
    ])
  }
  const words: string[] = []
  let word: string | undefined
  let quote: string | undefined
  for (const letter of command) {
    if (quote !== undefined) {
      if (letter === quote) quote = undefined
      else word = (word ?? '') + letter
    } else if (letter === '"' || letter === "'") {
      quote = letter
      word ??= ''
    } else if (/\s/.test(letter)) {
      if (word !== undefined) words.push(word)
      word = undefined
    } else word = (word ?? '') + letter
  }
  if (quote !== undefined) throw new UsageError(`A quote is left open in the command: ${command}`)
  if (word !== undefined) words.push(word)
  if (words.length === 0) throw new UsageError('The command of a target is empty.')
  return words
}

/** The words with their blanks filled. */
export function fill(words: readonly string[], blanks: Blanks): string[] {
  return words.map((word) => word.replaceAll(BLANK, (_, name: keyof Blanks) => blanks[name]))
}
