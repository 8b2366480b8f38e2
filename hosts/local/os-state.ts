/** How a process and all that it has started is according to the operating system, not according to what we did to it. */
import type {ProcessState} from '../../core/cluster.ts'
import {processTree, statOf} from './process-tree.ts'

/**
 * Dead when the process itself is; paused when no process of its tree can run; undefined where the system cannot be asked
 * this way (no /proc).
 */
export function osState(pid: number): ProcessState | undefined {
  if (process.platform !== 'linux') return undefined
  if (stateOf(pid) === 'dead') return 'dead'
  return processTree(pid).some((each) => stateOf(each) === 'running') ? 'running' : 'paused'
}

function stateOf(pid: number): ProcessState {
  const letter = statOf(pid)?.[0]
  if (letter === undefined || letter === 'Z' || letter === 'X') return 'dead'
  return letter === 'T' || letter === 't' ? 'paused' : 'running'
}
