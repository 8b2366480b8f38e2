/**
 * Small random histories for property tests, in the vocabulary of a model. Answers are mostly those of a really atomic
 * object, sometimes changed, so that both verdicts are well represented.
 */
import {type History, history} from '../../../core/history.ts'
import type {Op} from '../../../core/op.ts'
import type {Random} from '../../../core/random.ts'

export interface FuzzOptions {
  readonly processes: number
  readonly operations: number
  /** How many values are written; 0 for a new one each time. */
  readonly values: number
  /** Share of operations that end as *info*. */
  readonly info: number
  /** Share of operations whose answer is replaced by a random one. */
  readonly lie: number
  readonly functions: readonly string[]
}

/** An object that answers: applies `f` to the state, gives the answer, or says that it refuses. */
export interface Atomic {
  invoke(f: string, random: Random, fresh: () => number): unknown
  apply(f: string, input: unknown): {readonly output: unknown} | {readonly refused: string}
  /** Another answer that the operation might have given. */
  lie(f: string, input: unknown, output: unknown, random: Random, fresh: () => number): unknown
}

/** One random history: each operation takes effect at a random moment while it is open. */
export function randomHistory(random: Random, options: FuzzOptions, object: Atomic): History {
  const ops: Op[] = []
  interface Open {
    readonly process: number
    readonly f: string
    readonly input: unknown
    answer?: {readonly output: unknown} | {readonly refused: string}
  }
  const open: Open[] = []
  let nextProcess = options.processes
  const idle = Array.from({length: options.processes}, (_, p) => p)
  let counter = 0
  const fresh = () => (options.values === 0 ? ++counter : 1 + random.int(options.values))
  const record = (op: Pick<Op, 'type' | 'process' | 'f' | 'value'> & {error?: unknown}) =>
    ops.push({index: ops.length, timeNs: ops.length, ...op})
  let started = 0
  while (started < options.operations || open.length > 0) {
    const draw = random.next()
    const waiting = open.filter((one) => one.answer === undefined)
    if (started < options.operations && idle.length > 0 && (draw < 0.4 || open.length === 0)) {
      const process = idle.splice(random.int(idle.length), 1)[0]!
      const f = random.pick(options.functions)
      const input = object.invoke(f, random, fresh) ?? null
      open.push({process, f, input})
      record({type: 'invoke', process, f, value: input})
      started++
    } else if (waiting.length > 0 && (draw < 0.7 || waiting.length === open.length)) {
      const one = random.pick(waiting)
      if (random.chance(options.info)) {
        if (random.chance(0.5)) object.apply(one.f, one.input)
        open.splice(open.indexOf(one), 1)
        idle.push(nextProcess++)
        if (random.chance(0.5)) record({type: 'info', process: one.process, f: one.f, value: one.input})
      } else one.answer = object.apply(one.f, one.input)
    } else if (open.length > waiting.length) {
      const one = random.pick(open.filter((candidate) => candidate.answer !== undefined))
      open.splice(open.indexOf(one), 1)
      idle.push(one.process)
      const {process, f, input} = one
      const answer = one.answer!
      if ('refused' in answer) {
        const lied = random.chance(options.lie)
        record(
          lied
            ? {type: 'ok', process, f, value: object.lie(f, input, undefined, random, fresh)}
            : {type: 'fail', process, f, value: input, error: answer.refused},
        )
      } else {
        const output = random.chance(options.lie) ? object.lie(f, input, answer.output, random, fresh) : answer.output
        record({type: 'ok', process, f, value: output ?? null})
      }
    }
  }
  return history(ops)
}

/** A register that answers as one should. */
export function atomicRegister(): Atomic {
  let state: unknown = null
  let last = 0
  return {
    invoke(f, random, fresh) {
      if (f === 'read') return null
      if (f === 'write') return (last = fresh())
      // Mostly from a value that may be there.
      const from = random.chance(0.7) ? (state ?? fresh()) : Math.max(1, last - random.int(3))
      return [from, (last = fresh())]
    },
    apply(f, input) {
      if (f === 'read') return {output: state}
      if (f === 'write') {
        state = input
        return {output: input}
      }
      const [from, to] = input as [unknown, unknown]
      if (from !== state) return {refused: 'value differs'}
      state = to
      return {output: input}
    },
    lie(f, input, output, random, fresh) {
      if (f !== 'read') return input
      return random.chance(0.5) && last > 0 ? 1 + random.int(last) : random.chance(0.1) ? null : (output ?? fresh())
    },
  }
}
