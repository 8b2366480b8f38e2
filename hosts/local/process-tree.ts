/**
 * Everything that a process has started, according to the operating system. A process group is not enough: PostgreSQL gives
 * each back end a group and a session of its own, and a signal to the postmaster's group leaves them running.
 */
import {readdirSync, readFileSync} from 'node:fs'

/** The process and its descendants, itself first; just itself where there is no /proc. */
export function processTree(pid: number): number[] {
  const children = new Map<number, number[]>()
  try {
    for (const entry of readdirSync('/proc')) {
      const child = Number(entry)
      if (!Number.isInteger(child)) continue
      const parent = parentOf(child)
      if (parent !== undefined) children.set(parent, [...(children.get(parent) ?? []), child])
    }
  } catch {
    return [pid]
  }
  const tree = [pid]
  for (let i = 0; i < tree.length; i++) tree.push(...(children.get(tree[i] as number) ?? []))
  return tree
}

/** Sends a signal to the group that `pid` leads and to every descendant outside of it. Processes that are gone are no error. */
export function signalTree(pid: number, signal: NodeJS.Signals): void {
  const tree = processTree(pid)
  send(-pid, signal)
  // The head has its signal through the group; a second one would undo nothing but may surprise a handler.
  for (const descendant of tree.slice(1)) if (groupOf(descendant) !== pid) send(descendant, signal)
}

/**
 * Kills what `pid` has started, what it started itself first, and wakes it to collect that. False where it has started nothing.
 * An orphan is collected by the first process of the machine, which may take its time: until then it is there for whoever asks.
 */
export function killBelow(pid: number): boolean {
  const started = processTree(pid).slice(1)
  for (const descendant of started) send(descendant, 'SIGKILL')
  send(pid, 'SIGCONT')
  return started.length > 0
}

function send(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal)
  } catch {
    // It ended in the same moment.
  }
}

function parentOf(pid: number): number | undefined {
  const fields = statOf(pid)
  return fields === undefined ? undefined : Number(fields[1])
}

function groupOf(pid: number): number | undefined {
  const fields = statOf(pid)
  return fields === undefined ? undefined : Number(fields[2])
}

/** The fields of /proc/PID/stat from the state on: state, parent, group, … A command's name may hold spaces. */
export function statOf(pid: number): string[] | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  } catch {
    return undefined
  }
}
