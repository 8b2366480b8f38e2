/** Why one transaction must precede another: the data of one edge. Rendered by `explain.ts`. */
export type Reason =
  | {
      /** ww: `to` installed the version after `from`'s. rw: `to` installed the version after the one that `from` read. */
      readonly kind: 'ww' | 'rw'
      readonly key: number
      readonly version: number
      readonly next: number
      readonly fromMop: number
      readonly toMop: number
      /** How the order of the two versions is known, where that needs saying. */
      readonly via?: readonly string[]
      /** ww of lists: a transaction that read both appends in this order; absent where nobody saw the later one. */
      readonly shownBy?: number
    }
  | {
      /** `to` read a version that `from` wrote. */
      readonly kind: 'wr'
      readonly key: number
      readonly version: number
      readonly fromMop: number
      readonly toMop: number
    }
  | {readonly kind: 'process'}
  | {readonly kind: 'realtime'}
