/** Whether this machine lets us give each node a disk of its own, and slow its syncs; where not, why. */
import {existsSync, readFileSync} from 'node:fs'
import {release} from 'node:os'
import {findProgram} from '../local/needs.ts'
import {canPreload} from '../preload/build.ts'

/** Programs that make and mount volumes, and the Debian package of each. */
const PROGRAMS = {mount: 'mount', umount: 'mount', 'mkfs.ext4': 'e2fsprogs', fallocate: 'util-linux', perl: 'perl-base'}

const CAP_SYS_ADMIN = 21n

/** `true` where a file of ours can be mounted as a volume; a text: why not. */
export function canMountVolumes(): true | string {
  if (process.platform !== 'linux') return 'a node is given a disk of its own on Linux only'
  if (!mayMount()) return 'a node is given a disk of its own by mounting a file, which takes root'
  if (!existsSync('/dev/loop-control')) return 'a node is given a disk of its own by a loop device, and there are none'
  const missing = Object.entries(PROGRAMS).filter(([program]) => findProgram(program) === undefined)
  if (missing.length === 0) return true
  const [names, packages] = [missing.map(([name]) => name), new Set(missing.map(([, debian]) => debian))]
  return `${names.join(' and ')} not found (apt-get install ${[...packages].join(' ')})`
}

/** Root of a container has often not the right to mount, which is a right of its own. */
function mayMount(): boolean {
  if (process.getuid?.() !== 0) return false
  const effective = /^CapEff:\s*([0-9a-f]+)/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1] ?? '0'
  return ((BigInt(`0x${effective}`) >> CAP_SYS_ADMIN) & 1n) === 1n
}

/** `true` where syncs of any program can be held up (`hosts/preload/slow-sync.c`); a text: why not. */
export function canSlowSyncs(): true | string {
  const here = canPreload()
  if (here !== true) return here
  const [major = 0, minor = 0] = release().split('.').map(Number)
  if (major > 5 || (major === 5 && minor >= 5)) return true
  return `syncs are held up by what Linux knows since 5.5, and this is ${release()}`
}
