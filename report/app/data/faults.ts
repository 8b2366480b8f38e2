/** A fault in words: its description, which may or may not begin with its name. */
import type {PayloadFault} from '../../payload.ts'

/** `partition {n1 n2} | {n3}`, `kill n3 (leader)`. */
export function faultWords({fault, description}: Pick<PayloadFault, 'fault' | 'description'>): string {
  return description === '' || description.includes(fault) ? description || fault : `${fault} ${description}`
}
