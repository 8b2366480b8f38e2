/** How a process is according to the operating system, not according to what we did to it. */
import {readFile} from 'node:fs/promises'
import type {ProcessState} from '../../core/cluster.ts'

/** Undefined where the system cannot be asked this way (no /proc). */
export async function osState(pid: number): Promise<ProcessState | undefined> {
  if (process.platform !== 'linux') return undefined
  try {
    const stat = await readFile(`/proc/${pid}/stat`, 'utf8')
    const letter = stat.charAt(stat.lastIndexOf(')') + 2)
    if (letter === 'T' || letter === 't') return 'paused'
    return letter === 'Z' || letter === 'X' ? 'dead' : 'running'
  } catch {
    return 'dead'
  }
}
