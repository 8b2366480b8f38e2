/** What an interrupted run may have left on this machine, found by the directory that it ran in. */
import {existsSync, readdirSync, readFileSync, readlinkSync} from 'node:fs'

/** How long everything may take to be gone once the harness is, ms. */
const PATIENCE_MS = 30_000

/** Processes that were started with this in their environment: ports and namespaces are theirs. */
export function marked(mark: string): string[] {
  return readdirSync('/proc').flatMap((pid) => {
    try {
      if (!/^\d+$/.test(pid) || !readFileSync(`/proc/${pid}/environ`, 'utf8').includes(mark)) return []
      return [
        `${pid} ${readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ')} ${readlinkSync(`/proc/${pid}/ns/net`)}`,
      ]
    } catch {
      return []
    }
  })
}

export const files = (directory: string): string[] => (existsSync(directory) ? readdirSync(directory) : [])

export const mounts = (directory: string): string[] =>
  readFileSync('/proc/self/mountinfo', 'utf8')
    .split('\n')
    .filter((line) => line.includes(directory))

/** Loop devices whose file is, or was, in this directory; one that `mount` made goes with its last user. */
export function loopDevices(directory: string): string[] {
  return files('/sys/block')
    .filter((device) => device.startsWith('loop'))
    .flatMap((device) => {
      const backing = `/sys/block/${device}/loop/backing_file`
      return existsSync(backing) && readFileSync(backing, 'utf8').includes(directory) ? [device] : []
    })
}

export async function until(holds: () => boolean): Promise<void> {
  for (let waitedMs = 0; waitedMs < PATIENCE_MS && !holds(); waitedMs += 50)
    await new Promise((resolve) => setTimeout(resolve, 50))
}
