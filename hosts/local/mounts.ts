/** File systems that are mounted within a directory, according to the kernel, and how to be rid of them. */
import {spawnSync} from 'node:child_process'
import {readFileSync} from 'node:fs'

/** How often one that is in use is tried again, a tenth of a second apart, before it is only hidden. */
const UNMOUNT_TRIES = 30

/** The mount points at and below a directory, the innermost and newest first; none where there is no /proc. */
export function mountsBelow(directory: string): string[] {
  let text = ''
  try {
    text = readFileSync('/proc/self/mountinfo', 'utf8')
  } catch {
    return []
  }
  const points = text.split('\n').map((line) => unescapeOctal(line.split(' ')[4] ?? ''))
  return points.filter((point) => point === directory || point.startsWith(`${directory}/`)).reverse()
}

/**
 * Unmounts all of them. One that somebody still uses after a while is hidden, and goes with its last user. Loop devices that
 * `mount` has made go with their mounts.
 */
export function unmountBelow(directory: string): void {
  const pause = new Int32Array(new SharedArrayBuffer(4))
  const unmount = (...args: string[]) => spawnSync('umount', args, {stdio: 'ignore'})
  // Asked anew each time: whoever was about to mount or unmount when it was killed may have come to its end meanwhile.
  for (let tries = 0; tries < UNMOUNT_TRIES; tries++) {
    const points = mountsBelow(directory)
    if (points.length === 0) return
    if (tries > 0) Atomics.wait(pause, 0, 0, 100)
    for (const point of points) unmount(point)
  }
  for (const point of mountsBelow(directory)) unmount('-l', point)
}

/** The kernel writes blanks and backslashes of paths in octal. */
function unescapeOctal(text: string): string {
  return text.replaceAll(/\\([0-7]{3})/g, (_, digits) => String.fromCharCode(Number.parseInt(digits, 8)))
}
