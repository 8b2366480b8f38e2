/**
 * What a long series of runs has found, a line of JSON for each run, so that it can be cut short and go on where it ended, and
 * so that several processes can add to it. And the sections of docs/clusters.md that are made from such records.
 */
import {appendFileSync, existsSync, mkdirSync, readFileSync, renameSync, writeFileSync} from 'node:fs'
import {dirname} from 'node:path'

const PAGE: URL = new URL('../docs/clusters.md', import.meta.url)

export function readRecord<Entry>(file: string): Entry[] {
  if (!existsSync(file)) return []
  const lines = readFileSync(file, 'utf8').split('\n')
  return lines.filter((line) => line !== '').map((line) => JSON.parse(line) as Entry)
}

export function addToRecord(file: string, entry: object): void {
  mkdirSync(dirname(file), {recursive: true})
  appendFileSync(file, `${JSON.stringify(entry)}\n`)
}

/** Puts an entry in the place of the one that is meant, or at the end. The file is never half written. */
export function replaceInRecord<Entry extends object>(file: string, meant: (entry: Entry) => boolean, by: Entry): void {
  const entries = readRecord<Entry>(file)
  const place = entries.findIndex(meant)
  if (place < 0) entries.push(by)
  else entries[place] = by
  writeFileSync(`${file}.new`, entries.map((entry) => `${JSON.stringify(entry)}\n`).join(''))
  renameSync(`${file}.new`, file)
}

/** Puts a section in place of the one with its heading, or at the end of the page. */
export function writeSection(lines: readonly string[]): void {
  writeFileSync(PAGE, withSection(readFileSync(PAGE, 'utf8'), lines))
}

/** The page with this section in place of the one with the same heading, which is its first line. */
export function withSection(page: string, lines: readonly string[]): string {
  const [before = '', ...sections] = page.split(/^(?=## )/m).map((part) => part.trimEnd())
  const others = sections.filter((section) => !`${section}\n`.startsWith(`${lines[0]}\n`))
  const at = sections.findIndex((section) => `${section}\n`.startsWith(`${lines[0]}\n`))
  others.splice(at < 0 ? others.length : at, 0, lines.join('\n').trimEnd())
  return `${[before, ...others].join('\n\n')}\n`
}
