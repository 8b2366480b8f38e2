/** The one place where chance comes from outside: the seed of a run that was given none. */
import {randomBytes} from 'node:crypto'

/** Eight hexadecimal digits. */
export function freshSeed(): string {
  return randomBytes(4).toString('hex')
}
