/** What Maelstrom's workloads share: there is one object, without a name, and half of the operations read it. */
import type {Generator, Invocation} from '../../core/generator.ts'
import {eachThread, unfold} from '../../core/generators.ts'
import type {Random} from '../../core/random.ts'
import {patiently} from '../final-reads.ts'

/** As many reads as changes; `change` makes the changes, the first one from 0. */
export function halfReads(change: (number: number, random: Random) => Invocation): Generator {
  return unfold(0, (number, {random}) =>
    random.chance(0.5) ? [{f: 'read'}, number] : [change(number, random), number + 1],
  )
}

/** One read a thread, tried again until it succeeds: every node is asked by one thread at least. */
export function lastReads(): Generator {
  return eachThread(patiently({f: 'read', final: true}))
}
