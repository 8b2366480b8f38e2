/**
 * The client's side of locks: it remembers the token of each lock that it was given, and sends it with every use and with
 * the release. It goes on using a lock whose lease may have run out: a client cannot know (it may have slept), which is
 * what tokens are for.
 */
import type {Json} from '../../core/node.ts'

export class LockTokens {
  readonly #tokens = new Map<string, Json>()

  /** What to send as the value of this call; undefined where it needs a token and there is none. */
  fill(f: string, key: string | null, value: Json): Json | undefined {
    return f === 'use' || f === 'release' ? this.#tokens.get(key ?? '') : value
  }

  /** A call came to this. */
  note(f: string, key: string | null, value: Json): void {
    if (f === 'acquire') this.#tokens.set(key ?? '', value)
    else if (f === 'release') this.#tokens.delete(key ?? '')
  }
}
