/** The files of a node's disk as the harness reaches them while the node is down: to damage one, to look for marks. */
import {existsSync, readdirSync, readFileSync, rmSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {NothingToHarm} from '../../core/cluster.ts'

/** Files of ours, which no node reads. */
const OURS = '~'
export const SYNCED_MARK = `${OURS}synced`
export const UNSYNCED_MARK = `${OURS}unsynced`
export const PROBE_FILE = `${OURS}probe`

/** Whether a file is one of ours: those are synced by their names only. */
export const isOurs = (file: string): boolean => file.startsWith(OURS)

/** What was done to a file, and how to undo it. */
export interface Damage {
  readonly file: string
  restore(): void
}

/** Turns over one bit: `at` says where, as a share of all that is stored. Throws NothingToHarm where nothing is. */
export function flipBit(node: string, directory: string, at: number): Damage {
  const files = readdirSync(directory)
    .filter((file) => !isOurs(file) && !file.endsWith('.new'))
    .sort()
    .map((file) => ({file, bytes: readFileSync(join(directory, file))}))
    .filter(({bytes}) => bytes.length > 0)
  const total = files.reduce((sum, {bytes}) => sum + bytes.length, 0)
  if (total === 0) throw new NothingToHarm(`${node} has stored nothing`)
  let offset = Math.min(Math.floor(at * total), total - 1)
  for (const {file, bytes} of files) {
    if (offset >= bytes.length) {
      offset -= bytes.length
      continue
    }
    const path = join(directory, file)
    const damaged = Buffer.from(bytes)
    damaged[offset] = (damaged[offset] as number) ^ (1 << (offset % 7))
    writeFileSync(path, damaged)
    return {file, restore: () => writeFileSync(path, bytes)}
  }
  throw new RangeError(`${at} is beyond what is stored`)
}

/** Which marks are there; they are gone afterwards. */
export function takeMarks(directory: string): {synced: boolean; unsynced: boolean} {
  const there = (file: string) => existsSync(join(directory, file)) && readFileSync(join(directory, file)).length > 0
  const marks = {synced: there(SYNCED_MARK), unsynced: there(UNSYNCED_MARK)}
  for (const file of [SYNCED_MARK, UNSYNCED_MARK, PROBE_FILE]) rmSync(join(directory, file), {force: true})
  return marks
}
