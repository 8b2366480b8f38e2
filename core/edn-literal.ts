/** An EDN value without a JSON form (a symbol, a character, a ratio, a tagged value, …), as its text. */
export class EdnLiteral {
  readonly edn: string
  constructor(edn: string) {
    this.edn = edn
  }
  toJSON(): unknown {
    return {'#edn': this.edn}
  }
}
