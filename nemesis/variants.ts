/** Faults with variants: which of them a target can suffer, and what it lacks where it can suffer none. */
import {type Capabilities, type Capability, lacking} from '../core/capabilities.ts'

/** The variants that are possible. */
export function possible<V>(
  variants: readonly V[],
  needs: (variant: V) => readonly Capability[],
  capabilities: Capabilities,
): readonly V[] {
  return variants.filter((variant) => lacking(needs(variant), capabilities) === undefined)
}

/** Undefined where at least one variant is possible; otherwise what the first one lacks, in words. */
export function missingForAll<V>(
  variants: readonly V[],
  needs: (variant: V) => readonly Capability[],
  capabilities: Capabilities,
): string | undefined {
  if (possible(variants, needs, capabilities).length > 0) return undefined
  return lacking(needs(variants[0] as V), capabilities)
}
