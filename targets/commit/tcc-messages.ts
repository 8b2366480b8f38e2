/** What coordinators and services tell each other in try-confirm-cancel. */

/** One service's part of a transfer. */
export type Branch = {readonly account: string; readonly by: number}

export type Deed = 'try' | 'confirm' | 'cancel'

export type Ask = {
  readonly type: 'tcc-ask'
  readonly txn: string
  readonly branch: number
  readonly deed: Deed
} & Branch

export type TccMessage =
  | Ask
  | {
      readonly type: 'tcc-answer'
      readonly txn: string
      readonly branch: number
      readonly deed: Deed
      /** Null for done; otherwise why a try was refused. */
      readonly no: string | null
    }
  | {readonly type: 'tcc-balances'; readonly txn: string; readonly accounts: readonly string[]}
  | {
      readonly type: 'tcc-told'
      readonly txn: string
      readonly accounts: readonly string[]
      readonly balances: readonly number[]
    }
