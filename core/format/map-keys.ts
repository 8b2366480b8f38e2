/**
 * What the field names of a history's maps stand for. Where a key of a map is a value of the history (a partition, an account, a
 * topic), the same key is met elsewhere as a value, and only that tells what JSON meant: `{"9": …}` may be about 9 or about "9",
 * `{"a": …}` about "a", or about `:a` where EDN was read.
 */
import {type ValueKey, valueKey} from '../value.ts'
import {keyNamed, kindOfName} from './edn-text.ts'

export class MapKeys {
  readonly #known = new Set<ValueKey>()
  readonly #read = new Map<string, unknown>()

  /** Takes note of a key that was met as a value. To be told of all of them before the first name is read. */
  know(key: unknown): void {
    this.#known.add(valueKey(key))
  }

  /** The key that a field name stands for. */
  keyOf(name: string): unknown {
    let key = this.#read.get(name)
    if (key === undefined && !this.#read.has(name)) this.#read.set(name, (key = this.#find(name)))
    return key
  }

  /** The entries of a map, by key. */
  entriesOf(map: object): [key: unknown, value: unknown][] {
    return Object.entries(map).map(([name, value]) => [this.keyOf(name), value])
  }

  #find(name: string): unknown {
    const key = keyNamed(name)
    if (this.#known.has(valueKey(key))) return key
    if (this.#known.has(valueKey(name))) return name
    // Nothing else is called so: a word is that word, whichever it was.
    return kindOfName(name) === 'keyword' ? name : key
  }
}

/** Whether two keys look alike to somebody who types one: `a` is any of `:a`, `"a"` and the word. */
export function plainName(key: unknown): string {
  return typeof key === 'string' ? key.replace(/^:/, '') : `${key}`
}
