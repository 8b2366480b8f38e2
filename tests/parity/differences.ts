/** Where the worlds differ and are meant to, each with its reason. Whatever else differs is a fault of one of them. */

export interface Difference {
  readonly targets: RegExp
  /** In which world clients may see it. */
  readonly only: 'real' | 'simulated'
  readonly asked: RegExp
  readonly answer: RegExp
  readonly why: string
}

export const DIFFERENCES: readonly Difference[] = []
