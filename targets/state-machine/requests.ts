/** What a client's session asks (see `session.ts`), as commands of the replicated log. */
import type {Message} from '../../core/node.ts'
import type {Command} from './command.ts'

/** Undefined where the message asks for nothing that a store does. */
export function commandOf(message: Message): Command | undefined {
  const {f, key, value, session, seq} = message as Message & Extract<Command, {type: 'call'}>
  switch (message.type) {
    case 'open':
      return {type: 'open'}
    case 'read':
      return {type: 'read', f, key}
    case 'call':
      return {type: 'call', session, seq, f, key, value}
    default:
      return undefined
  }
}
