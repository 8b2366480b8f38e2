/**
 * A replica on disk: a file of what was applied, in order, started afresh from a snapshot when most of it is superseded.
 */
import type {Disk} from '../../core/node.ts'
import type {Covers} from './live-updates.ts'
import type {Replica, Snapshot} from './replica.ts'
import type {Update} from './update.ts'

const FILE = 'journal'
/** Updates that may be in the journal beyond twice those that are live before it is compacted. */
const SLACK = 2000

type Entry = {readonly snapshot: Snapshot} | {readonly updates: readonly Update[]; readonly covers?: Covers}

export class Journal {
  readonly #disk: Disk
  readonly #replica: Replica
  #updates = 0
  #dirty = false

  /** Reads the file, if there is one, into the replica, which must be empty. */
  constructor(disk: Disk, replica: Replica) {
    this.#disk = disk
    this.#replica = replica
    for (const entry of disk.read<Entry>(FILE)) {
      if ('snapshot' in entry) {
        replica.restore(entry.snapshot)
        this.#updates = entry.snapshot.updates.length
      } else {
        for (const update of entry.updates) replica.apply(update)
        replica.cover(entry.covers ?? {})
        this.#updates += entry.updates.length
      }
    }
  }

  /** Notes what the replica has just applied. It is durable after the next `sync`. */
  note(updates: readonly Update[], covers?: Covers): void {
    const entry: Entry = covers === undefined ? {updates} : {updates, covers}
    this.#disk.append(FILE, entry)
    this.#updates += updates.length
    this.#dirty = true
    if (this.#updates > 2 * this.#replica.size + SLACK) this.#compact()
  }

  sync(): void {
    if (!this.#dirty) return
    this.#disk.sync(FILE)
    this.#dirty = false
  }

  #compact(): void {
    const snapshot = this.#replica.snapshot()
    this.#disk.replace(FILE, [{snapshot}])
    this.#updates = snapshot.updates.length
  }
}
