/**
 * The page's dictionary of texts: one long string, of which each text is cut out when it is asked for. A hundred thousand
 * transactions are thirty megabytes of text; parsed as JSON they would keep the page from opening.
 */
export class Texts {
  readonly length: number
  readonly #all: string
  /** Where each text begins, and where the last one ends; UTF-16 code units. */
  readonly #starts: Uint32Array
  #lower: string | undefined

  /** The bytes that `packTexts` made. */
  constructor(bytes: Uint8Array) {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    this.length = view.getUint32(0, true)
    this.#starts = new Uint32Array(this.length + 1)
    for (let at = 0; at < this.length; at++) {
      this.#starts[at + 1] = this.#starts[at]! + view.getUint32(4 + 4 * at, true)
    }
    this.#all = new TextDecoder('utf-8', {ignoreBOM: true}).decode(bytes.subarray(4 + 4 * this.length))
  }

  at(position: number): string | undefined {
    if (position < 0 || position >= this.length) return undefined
    return this.#all.slice(this.#starts[position]!, this.#starts[position + 1]!)
  }

  /** By position: 1 for the texts that contain this word, which is in lower case. */
  containing(word: string): Uint8Array {
    const found = new Uint8Array(this.length)
    this.#lower ??= this.#all.toLowerCase()
    if (this.#lower.length !== this.#all.length) {
      // Some letters grow when they are lowered: then nothing is where it was.
      for (let at = 0; at < this.length; at++) found[at] = this.at(at)!.toLowerCase().includes(word) ? 1 : 0
      return found
    }
    let text = 0
    for (let at = this.#lower.indexOf(word); at >= 0; at = this.#lower.indexOf(word, at)) {
      while (this.#starts[text + 1]! <= at) text++
      const isWithin = at + word.length <= this.#starts[text + 1]!
      if (isWithin) found[text] = 1
      at = isWithin ? this.#starts[text + 1]! : at + 1
    }
    return found
  }
}
