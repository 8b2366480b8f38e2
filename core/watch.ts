/**
 * A watch: a check that goes along while the record is being written, for `chaos run --fail-fast`. It proves less than a
 * checker, since nothing may be held against operations that are still open, but what it does prove is certain.
 */
import type {Key, Op} from './op.ts'

/** A violation that is certain, whatever may still happen. */
export interface Breach {
  readonly key: Key | undefined
  /** The op at which it showed: a completion. */
  readonly index: number
  /** One sentence for a person. It says what and where; why is said by the check of the whole record. */
  readonly sentence: string
}

/** Pure, as checkers are: it sees the ops, and nothing else. */
export interface Watch {
  /** Takes the next op of the record. The first breach once it is certain; the same one from then on. */
  push(op: Op): Breach | undefined
  /** Looks at what `push` has to leave until operations that are open have ended. Asked now and then; may cost more. */
  probe(): Breach | undefined
  /** What it had to give up, in words; undefined where nothing escapes it. */
  readonly blind: string | undefined
}
