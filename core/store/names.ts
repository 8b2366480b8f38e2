/** Numbers for names that repeat: functions, nodes, keys. The first is -1, then -2, and so on, so that other numbers stay free. */
export class Names<Name extends string | number> {
  readonly #names: Name[] = []
  readonly #codes = new Map<Name, number>()
  // Names come in runs, or in turns of two.
  #last: Name | undefined
  #lastCode = 0

  codeOf(name: Name): number {
    if (name === this.#last && this.#lastCode !== 0) return this.#lastCode
    let code = this.#codes.get(name)
    if (code === undefined) {
      this.#names.push(name)
      code = -this.#names.length
      this.#codes.set(name, code)
    }
    this.#last = name
    return (this.#lastCode = code)
  }

  nameOf(code: number): Name {
    return this.#names[-1 - code]!
  }
}
