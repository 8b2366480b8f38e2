/**
 * How a server is run that refuses to be root and keeps System V shared memory: as a user of its own, who nevertheless
 * reaches the directory of the run wherever that is, and in an IPC namespace of its own, which takes with it what a killed
 * server leaves behind. Where the machine grants less, less is done: only the user is not to be had without.
 */
import {EnvironmentError} from '../../core/error.ts'
import type {Place} from '../../core/place.ts'

/** How long trying one of the ways may take, ms. */
const LIMIT_MS = 5000

/** Writes a file and removes it: whoever asks about rights instead is not told of capabilities. */
const TRIAL = ': > "$0/.trial" && rm "$0/.trial"'

/** Words to put before a command. */
export type Confinement = readonly string[]

/** The most that this machine grants. Throws EnvironmentError where this user cannot write into the directory at all. */
export async function confinementOf(place: Place, user: string, directory: string): Promise<Confinement> {
  let why = ''
  for (const [command = 'env', ...args] of process.getuid?.() === 0 ? ofRoot(user) : OF_OTHERS) {
    const {exitCode, stderr} = await place.execute({command, args: [...args, 'sh', '-c', TRIAL, directory]}, LIMIT_MS)
    if (exitCode === 0) return [command, ...args]
    why = stderr.trim()
  }
  throw new EnvironmentError(`User ${user} cannot write into ${directory}.`, why === '' ? [] : [why])
}

const OF_OTHERS: readonly Confinement[] = [['unshare', '--user', '--map-current-user', '--ipc', '--'], ['env']]

function ofRoot(user: string): Confinement[] {
  const asUser = ['setpriv', `--reuid=${user}`, `--regid=${user}`, '--init-groups']
  const reaching = ['--inh-caps=+dac_override', '--ambient-caps=+dac_override']
  // access(2) leaves out capabilities of whoever is not root, unless told not to: Galera asks it for the view it was last in,
  // and a cluster that was killed as a whole does not come together again without (26.4.14).
  const asking = '--securebits=+no_setuid_fixup'
  return [
    ['unshare', '--ipc', '--', ...asUser, ...reaching, asking, '--'],
    ['unshare', '--ipc', '--', ...asUser, ...reaching, '--'],
    [...asUser, ...reaching, '--'],
    [...asUser, '--'],
  ]
}
