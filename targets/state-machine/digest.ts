/**
 * A checksum of a sequence of commands, folded together as they are applied: equal on two replicas that have applied the
 * same number of commands, or their logs were not one log. FNV-1a (Fowler, Noll, Vo), a number at a time where the
 * command has numbers, since writing every command out would cost more than executing it.
 */
import type {Json} from '../../core/node.ts'
import type {Command} from './command.ts'

const PRIME = 0x01000193

/** The digest after this command; unsigned, 32 bits. */
export function foldCommand(digest: number, command: Command): number {
  let folded = foldText(digest, command.type)
  if (command.type === 'call') {
    folded = foldNumber(foldNumber(folded, command.session), command.seq)
    folded = foldText(foldText(folded, command.f), command.key ?? '')
    return foldValue(folded, command.value)
  }
  if (command.type === 'read') folded = foldText(foldText(folded, command.f), command.key ?? '')
  if (command.type === 'members') folded = foldText(folded, command.voters.join())
  if (command.type === 'expire') folded = foldNumber(foldText(folded, command.key), command.token)
  return folded
}

export function foldText(digest: number, text: string): number {
  let folded = digest
  for (let i = 0; i < text.length; i++) folded = Math.imul(folded ^ text.charCodeAt(i), PRIME)
  return Math.imul(folded ^ text.length, PRIME) >>> 0
}

export function foldNumber(digest: number, number: number): number {
  if (!Number.isSafeInteger(number)) return foldText(digest, String(number))
  const high = Math.imul(digest ^ Math.floor(number / 4_294_967_296), PRIME)
  return Math.imul(high ^ (number | 0), PRIME) >>> 0
}

function foldValue(digest: number, value: Json): number {
  return typeof value === 'number' ? foldNumber(digest, value) : foldText(digest, JSON.stringify(value))
}
