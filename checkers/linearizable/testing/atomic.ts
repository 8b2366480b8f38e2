/** Really atomic objects of every model, and the ways in which they can be made to lie: for `randomHistory`. */
import type {Random} from '../../../core/random.ts'
import {canonical} from '../canonical.ts'
import type {Call, Model} from '../model.ts'
import type {Atomic} from './fuzz.ts'

interface Speech {
  /** The argument of a call of `f`. */
  input(f: string, random: Random, fresh: () => number): unknown
  /** What the object answers in this state; undefined refuses. */
  answer(state: unknown, f: string, input: unknown): unknown
  /** Something else that it might have answered. */
  lie(f: string, input: unknown, output: unknown, random: Random, fresh: () => number): unknown
}

const asArray = (state: unknown) => state as readonly unknown[]
const some = (random: Random) => 1 + random.int(4)
const fromSome = (items: readonly unknown[], random: Random) => items.filter(() => random.chance(0.7))

const collection = (remove: string, pick: (state: readonly unknown[]) => unknown): Speech => ({
  input: (f, _, fresh) => (f === remove ? null : fresh()),
  answer: (state, f, input) => (f === remove ? (pick(asArray(state)) ?? null) : input),
  lie: (f, input, output, random) => (f === remove ? (random.chance(0.3) ? null : some(random)) : (input ?? output)),
})

/** How each model's object speaks. */
export const SPEECH: Readonly<Record<string, Speech>> = {
  mutex: {input: () => null, answer: (held, f) => (held === (f === 'release') ? null : undefined), lie: () => null},
  counter: {
    input: (f, random) => (f === 'add' ? random.pick([1, 1, 2, 5, -1]) : null),
    answer: (sum, f, input) => (f === 'add' ? input : sum),
    lie: (f, input, output, random) => (f === 'add' ? input : Number(output) + random.pick([-1, 1, 2])),
  },
  set: {
    input: (f, random, fresh) => (f === 'read' ? null : f === 'add' ? fresh() : some(random)),
    answer: (state, f, input) =>
      f === 'read'
        ? asArray(state).map(Number)
        : f === 'contains'
          ? asArray(state).includes(String(canonical(input)))
          : input,
    lie: (f, input, output, random) =>
      f === 'read' ? fromSome([1, 2, 3, 4], random) : f === 'contains' ? output !== true : input,
  },
  queue: collection('dequeue', (state) => state[0]),
  'unordered-queue': collection('dequeue', (state) => state.at(-1)),
  stack: collection('pop', (state) => state.at(-1)),
  list: {
    input: (f, _, fresh) => (f === 'append' ? fresh() : null),
    answer: (state, f, input) => (f === 'append' ? input : state),
    lie: (f, input, output, random) =>
      f === 'append'
        ? input
        : random.chance(0.5)
          ? asArray(output ?? []).slice(0, -1)
          : random.shuffle(asArray(output ?? [])),
  },
  kv: {
    input: (f, _, fresh) => (f === 'get' ? null : `${fresh()}.`),
    answer: (state, f, input) => (f === 'get' ? state : input),
    lie: (f, input, output, random) => (f === 'get' ? `${String(output ?? '').slice(2 * random.int(3))}` : input),
  },
  'versioned-register': {
    input: (f, random, fresh) =>
      f === 'read' ? null : [null, f === 'cas' ? [random.pick([null, 1, 2, 3]), fresh()] : fresh()],
    answer(state, f, input) {
      const [version, held] = state as readonly [number, unknown]
      if (f === 'read') return [version, held]
      const asked = asArray(input)[1]
      return f === 'cas' && asArray(asked)[0] !== held ? undefined : [version + 1, asked]
    },
    lie: (f, input, output, random) =>
      f === 'read'
        ? [random.int(3), random.pick([null, some(random)])]
        : [random.pick([null, 1 + random.int(3)]), asArray(output ?? input)[1]],
  },
  'multi-register': {
    input: (f, random, fresh) =>
      f === 'read'
        ? null
        : f === 'write'
          ? {[random.pick(['x', 'y'])]: fresh()}
          : [
              random.pick([
                ['r', 'x', null],
                ['w', 'x', fresh()],
              ]),
              random.pick([
                ['r', 'y', null],
                ['w', 'y', fresh()],
              ]),
            ],
    answer(state, f, input) {
      const registers = state as Record<string, unknown>
      if (f === 'write') return input
      if (f === 'read') return {x: registers['x'] ?? null, y: registers['y'] ?? null}
      return (input as [string, string, unknown][]).map(([g, key, value]) => [
        g,
        key,
        g === 'r' ? (registers[key] ?? null) : value,
      ])
    },
    lie: (f, input, output, random) =>
      f === 'write' ? input : f === 'read' ? {x: some(random), y: null} : (output ?? input),
  },
}

/** An object of this model that answers as one should. */
export function atomicObject(model: Model): Atomic {
  const speech = SPEECH[model.name]!
  let state = model.init
  return {
    invoke: speech.input,
    apply(f, input) {
      const output = speech.answer(state, f, input)
      if (output === undefined) return {refused: 'condition does not hold: mismatch'}
      const call: Call = {f, input, output, outcome: 'ok'}
      state = model.branches?.(state, call)?.[0] ?? model.step(state, call) ?? state
      return {output}
    },
    lie: speech.lie,
  }
}
