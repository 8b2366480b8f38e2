/** The address of a Toxiproxy server that already runs, as somebody typed it. */
import {UsageError} from '../../core/error.ts'

/** Throws UsageError, naming the flag that such an address comes from. */
export function toxiproxyUrl(text: string): URL {
  const wrong = `--toxiproxy: expected embedded, auto or a URL such as http://127.0.0.1:8474. Got "${text}".`
  if (!URL.canParse(text)) throw new UsageError(wrong)
  const url = new URL(text)
  if (url.protocol === 'http:' && url.hostname !== '') return url
  throw new UsageError(wrong, ['A Toxiproxy server speaks http, and nothing else.'])
}
