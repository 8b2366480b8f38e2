/**
 * What an operator has to do after the power failed. ext4 may bring back a file longer than what was synced of it, with zeros
 * at its end; Redis loads a file that stops in the midst of a command (`aof-load-truncated`), but not one that goes on with
 * something else: "Bad file format reading the append only file … use ./redis-check-aof --fix". So that is what is done.
 */
import {existsSync} from 'node:fs'
import {join} from 'node:path'
import type {Place} from '../../core/place.ts'
import type {StartContext} from '../../core/target.ts'
import {findProgram} from '../../hosts/local/needs.ts'
import type {Surroundings} from '../../hosts/program/cluster.ts'

const LIMIT_MS = 10_000

/** Since Redis 7, and before. */
const FILES = ['appendonlydir/appendonly.aof.manifest', 'appendonly.aof']

/** Before a server is started again, where faults may have struck its disk; tells of what had to be cut. */
export async function mendAfterDiskFault(
  {node, directory, first}: Pick<Surroundings, 'node' | 'directory' | 'first'>,
  {place, faults, warn}: Pick<StartContext, 'place' | 'faults' | 'warn'>,
): Promise<void> {
  if (first || !(faults?.includes('disk') ?? true)) return
  if (await mendAppendOnlyFile(directory, place))
    warn(`The append-only file of ${node} had to be cut by redis-check-aof after a fault of its disk.`)
}

/** Cuts off what cannot be loaded. Resolves to whether there was anything. */
async function mendAppendOnlyFile(directory: string, place: Place): Promise<boolean> {
  const [file, checker] = [FILES.find((each) => existsSync(join(directory, each))), findProgram('redis-check-aof')]
  if (file === undefined || checker === undefined) return false
  const run = (script: string) =>
    place.execute({command: 'sh', args: ['-c', script, checker, file], cwd: directory}, LIMIT_MS)
  if ((await run('"$0" "$1"')).exitCode === 0) return false
  return (await run('yes | "$0" --fix "$1"')).exitCode === 0
}
