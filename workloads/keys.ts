/**
 * Independent objects and the values written to them. Written values are unique per key by default: then the record itself
 * says which write each read saw, and the near-linear checkers decide.
 */
import type {Context, Generator, Invocation, Step} from '../core/generator.ts'
import type {Random} from '../core/random.ts'

/** The names of `count` keys: `x0`, `x1`, … */
export function keyNames(count: number): string[] {
  return Array.from({length: count}, (_, i) => `x${i}`)
}

/** What one operation of a stream is: drawn from the stream's state and the run's chance. */
export type Draw<State> = (state: State, random: Random) => {readonly invocation: Invocation; readonly state: State}

/**
 * An endless stream of operations for any free client thread. The state goes from one operation to the next by value, so
 * the generator stays a pure value; events of the run do not touch it, which is what lets a plan be made beforehand.
 */
export function stream<State>(state: State, draw: Draw<State>): Generator {
  const generator: Generator = {
    next(context: Context): Step {
      const thread = context.free.find((free) => typeof free === 'number')
      if (thread === undefined) return {kind: 'pending'}
      const drawn = draw(state, context.random)
      return {
        kind: 'op',
        op: {...drawn.invocation, thread, atNs: context.timeNs},
        next: stream(drawn.state, draw),
      }
    },
    update: () => generator,
  }
  return generator
}
