/** The CPU time that processes have used so far, out of /proc: what a proxy costs, whoever else is on the machine. */
import {readdirSync, readFileSync} from 'node:fs'

/** Ticks of the kernel's clock in a second, the same on every Linux. */
const TICKS_PER_SECOND = 100

/** CPU seconds of a process and all that it has started and that still run. */
export function cpuSeconds(pid: number): number {
  const processes = readdirSync('/proc').filter((name) => /^\d+$/.test(name))
  const stats = processes.flatMap((name) => {
    try {
      const fields = readFileSync(`/proc/${name}/stat`, 'utf8')
        .replace(/^.*\) /, '')
        .split(' ')
      return [{pid: Number(name), parent: Number(fields[1]), ticks: Number(fields[11]) + Number(fields[12])}]
    } catch {
      return []
    }
  })
  const sum = (of: number): number =>
    stats.reduce(
      (total, entry) => total + (entry.pid === of ? entry.ticks : 0) + (entry.parent === of ? sum(entry.pid) : 0),
      0,
    )
  return sum(pid) / TICKS_PER_SECOND
}
