/** How far a search is, while it goes on. */
import type {ReporterContext} from '../../reporters/reporter.ts'

/** Says how far it is: over and over on one line of a terminal, now and then where there is none. */
export class ProgressLine {
  readonly #context: ReporterContext
  #saidNs: number

  constructor(context: ReporterContext) {
    this.#context = context
    this.#saidNs = context.clock.nowNs()
  }

  say(words: string): void {
    const {live, err, clock} = this.#context
    if (clock.nowNs() - this.#saidNs < (live ? 100e6 : 5e9)) return
    this.#saidNs = clock.nowNs()
    err(live ? `\r\u001b[K  ${words}` : `  ${words}\n`)
  }

  /** Clears it. */
  end(): void {
    if (this.#context.live) this.#context.err('\r\u001b[K')
  }
}
