/** What an engine says of one object: there is an order, there is none, or its search was ended before it knew. */
export type Decision =
  | {readonly kind: 'valid'; readonly steps: number}
  | {
      readonly kind: 'invalid'
      /** The event position at which it is certain: what was invoked later plays no part. See `late`. */
      readonly at: number
      /** It may have been certain before `at`: only a story needs to know when, so `whenCertain` looks for it on request. */
      readonly late?: boolean
      readonly steps: number
      /** Operations that are impossible by themselves, where the engine knows them. */
      readonly core?: readonly number[]
    }
  | {
      readonly kind: 'unknown'
      /** Events that were explained before the search was ended. */
      readonly reached: number
      readonly steps: number
    }
