/** What operations cost of the machine's processors, in this process, its proxies and the programs under test. */
import {readFileSync} from 'node:fs'
import {processTree} from '../hosts/local/process-tree.ts'

/** `CLK_TCK` of Linux: what `/proc` counts in. */
const TICK_US = 10_000

type Part = 'client' | 'proxies' | 'database'

export class Meter {
  /** How many there were between `start` and `stop`. */
  operations = 0
  readonly #spentUs = new Map<Part, number>()

  start(): void {
    this.#count(-1)
  }

  stop(operations = 0): void {
    this.#count(1)
    this.operations = operations
  }

  toString(): string {
    const parts = [...this.#spentUs].map(([part, us]) => `${part} ${Math.round(us / this.operations)}`)
    return parts.join(', ')
  }

  /** Processes that come or go in between are not measured right; none do here. */
  #count(sign: number): void {
    for (const pid of processTree(process.pid)) {
      const part = pid === process.pid ? 'client' : partOf(pid)
      this.#spentUs.set(part, (this.#spentUs.get(part) ?? 0) + sign * spentUs(pid))
    }
  }
}

function partOf(pid: number): Part {
  return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('toxiproxy') ? 'proxies' : 'database'
}

/** User and system time of all its threads. */
function spentUs(pid: number): number {
  // The name, in brackets, may hold spaces.
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ') ?? []
  return (Number(fields[11]) + Number(fields[12])) * TICK_US
}
