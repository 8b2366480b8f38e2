/** How faults are read out of plans: each nemesis has a zod schema of what it draws, and nothing else is accepted. */
import {z} from 'zod'
import {UsageError} from '../core/error.ts'
import type {FaultSpec} from '../core/nemesis.ts'

export const nodeOrder = z.array(z.string()).min(1)

/** A parser of one nemesis's specs. Throws UsageError that says which field is wrong and what was found. */
export function specParser<S extends FaultSpec>(schema: z.ZodType<S>): (spec: FaultSpec) => S {
  return (spec) => {
    const read = schema.safeParse(spec)
    if (read.success) return read.data
    const [issue] = read.error.issues
    const field = issue?.path.join('.') || 'fault'
    throw new UsageError(
      `A planned fault is not one that "${spec.fault}" can inject: ${field}: ${issue?.message ?? 'malformed'}, in ${JSON.stringify(spec)}.`,
    )
  }
}
