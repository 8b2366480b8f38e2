/**
 * The warden's own process: remembers which process groups and directories belong to a run, and when its standard input
 * ends without a word (the harness was killed), ends the groups, unmounts what is mounted in the directories and removes them.
 *
 * It has a process group of its own, so that Ctrl-C and a killed terminal spare it until its work is done.
 */
import {existsSync, readFileSync, rmSync} from 'node:fs'
import {createInterface} from 'node:readline'
import {unmountBelow} from '../hosts/local/mounts.ts'
import {signalTree} from '../hosts/local/process-tree.ts'

/** How often a directory is removed before it is left, a tenth of a second apart. */
const REMOVE_TRIES = 50

/** When a process started, as the kernel counts it; undefined where that cannot be known. Guards against reused pids. */
function startTime(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19]
  } catch {
    return undefined
  }
}

/** What a process that is about to end still writes there is removed with the rest, once it has ended. */
function removeWholly(directory: string): void {
  const pause = new Int32Array(new SharedArrayBuffer(4))
  for (let tries = 0; tries < REMOVE_TRIES && existsSync(directory); tries++) {
    if (tries > 0) Atomics.wait(pause, 0, 0, 100)
    unmountBelow(directory)
    try {
      rmSync(directory, {recursive: true, force: true})
    } catch {
      // Not empty any more: again.
    }
  }
}

const groups = new Map<number, string | undefined>()
const directories = new Set<string>()

process.on('SIGINT', () => {})
process.on('SIGTERM', () => {})
process.on('SIGHUP', () => {})

createInterface({input: process.stdin})
  .on('line', (line) => {
    const [verb, subject = ''] = line.split(/ (.*)/s)
    if (verb === 'guard') groups.set(Number(subject), startTime(Number(subject)))
    else if (verb === 'release') groups.delete(Number(subject))
    else if (verb === 'remove') directories.add(subject)
    else if (verb === 'keep') directories.delete(subject)
  })
  .on('close', () => {
    for (const [pid, started] of groups) {
      if (started !== undefined && startTime(pid) !== undefined && startTime(pid) !== started) continue
      // The group, and what has left it: back ends of PostgreSQL are groups of their own, and a frozen one never notices
      // that its parent has gone.
      signalTree(pid, 'SIGKILL')
    }
    for (const directory of directories) removeWholly(directory)
    process.exit(0)
  })
