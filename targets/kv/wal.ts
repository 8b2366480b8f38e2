/**
 * A write-ahead log with checkpoints (Mohan et al., "ARIES", 1992, in its simplest form: redo only, one command a record).
 * A command is on disk before its effect is told; recovery loads the checkpoint and repeats what came after.
 *
 * A checkpoint says how many commands it covers, and each record its number, so that a crash between writing the checkpoint
 * and cutting the log repeats nothing.
 */
import type {Disk} from '../../core/node.ts'
import type {Command} from '../state-machine/command.ts'
import type {Store, StoreSnapshot} from '../state-machine/store.ts'

const LOG = 'wal'
const CHECKPOINT = 'checkpoint'

type Checkpoint = {readonly upTo: number; readonly store: StoreSnapshot}
type Record = {readonly number: number; readonly command: Command}

export interface WalFaults {
  /** Bug `cut-before-checkpoint`: the log is cut before the checkpoint is safe. */
  readonly cutsFirst: boolean
}

export class Wal {
  readonly #disk: Disk
  readonly #faults: WalFaults
  /** Commands written so far, over all times. */
  #count = 0
  /** Records in the log file. */
  #records = 0

  constructor(disk: Disk, faults: WalFaults) {
    this.#disk = disk
    this.#faults = faults
  }

  /** Brings a fresh store to where it was. Answers how many commands that took. */
  recover(store: Store): number {
    const [text] = this.#disk.read(CHECKPOINT)
    if (text !== undefined) {
      const checkpoint = JSON.parse(text) as Checkpoint
      store.restore(checkpoint.store)
      this.#count = checkpoint.upTo
    }
    const covered = this.#count
    const records = this.#disk.read(LOG)
    this.#records = records.length
    let repeated = 0
    for (const record of records) {
      const {number, command} = JSON.parse(record) as Record
      if (number <= covered) continue
      store.apply(command)
      this.#count = Math.max(this.#count, number)
      repeated++
    }
    return repeated
  }

  /** Adds a command; it is not safe before `sync`. */
  write(command: Command): void {
    const record: Record = {number: ++this.#count, command}
    this.#disk.append(LOG, JSON.stringify(record))
    this.#records++
  }

  sync(): void {
    this.#disk.sync(LOG)
  }

  /** Writes the state down and cuts the log, once the log is that long. */
  checkpointIfDue(store: Store, records: number): void {
    if (this.#records < records) return
    const checkpoint: Checkpoint = {upTo: this.#count, store: store.snapshot()}
    this.#disk.replace(CHECKPOINT, [JSON.stringify(checkpoint)])
    if (!this.#faults.cutsFirst) this.#disk.sync(CHECKPOINT)
    this.#disk.replace(LOG, [])
    this.#disk.sync(LOG)
    this.#records = 0
  }
}
