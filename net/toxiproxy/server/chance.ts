/** The root of everything a server draws; every process of a server has the same. */
import {createRandom, type Random} from '../../../core/random.ts'

export function serverRandom(seed: string | number): Random {
  return createRandom(seed).fork('toxiproxy')
}
