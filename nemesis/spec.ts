/** How faults are read out of plans: each nemesis has a zod schema of what it draws, and nothing else is accepted. */
import {z} from 'zod'
import {UsageError} from '../core/error.ts'
import type {FaultSpec} from '../core/nemesis.ts'

/** Specs that a nemesis of this process has drawn itself: they need not be read again, which costs more than many a fault. */
const drawn = new WeakSet<FaultSpec>()

/** Says that this spec was just drawn by the nemesis that will read it. */
export function asDrawn(spec: FaultSpec): FaultSpec {
  drawn.add(spec)
  return spec
}

export const nodeOrder = z
  .array(z.string())
  .min(1)
  .refine((nodes) => new Set(nodes).size === nodes.length, 'a node is named twice')

/** A parser of one nemesis's specs. Throws UsageError that says which field is wrong and what was found. */
export function specParser<S extends FaultSpec>(schema: z.ZodType<S>): (spec: FaultSpec) => S {
  return (spec) => {
    if (drawn.has(spec)) return spec as S
    const read = schema.safeParse(spec)
    if (read.success) return read.data
    const [issue] = read.error.issues
    const field = issue?.path.join('.') || 'fault'
    throw new UsageError(
      `A planned fault is not one that "${spec.fault}" can inject: ${field}: ${issue?.message ?? 'malformed'}, in ${JSON.stringify(spec)}.`,
    )
  }
}
