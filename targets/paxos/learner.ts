/**
 * The learner: applies chosen commands in the order of their slots ("Paxos Made Simple", section 3: the servers are copies
 * of one state machine), and keeps the state as a snapshot, so that the log does not grow for ever ("Paxos Made Live",
 * Chandra, Griesemer, Redstone 2007, section 5.5).
 */
import type {Disk} from '../../core/node.ts'
import type {Answer, Command} from '../state-machine/command.ts'
import {foldCommand} from '../state-machine/digest.ts'
import {Store} from '../state-machine/store.ts'
import type {Slot, Snapshot} from './messages.ts'

const FILE = 'snapshot'

export class Learner {
  readonly #disk: Disk
  readonly #store: Store
  #applied: Slot = 0
  #saved: Slot = 0
  #digest = 0

  constructor(disk: Disk, sessions: number) {
    this.#disk = disk
    this.#store = new Store({sessions})
    const [saved] = disk.read<Snapshot>(FILE)
    if (saved !== undefined) this.#restore(saved)
    this.#saved = this.#applied
  }

  /** Every slot up to this one is chosen and applied. */
  get applied(): Slot {
    return this.#applied
  }

  /** What the last snapshot on disk covers. */
  get saved(): Slot {
    return this.#saved
  }

  /** A hash of all commands applied so far: nodes that applied the same slots must agree on it. */
  get digest(): string {
    return (this.#digest >>> 0).toString(16).padStart(8, '0')
  }

  /** Applies the command of the next slot. */
  apply(command: Command): Answer {
    this.#applied++
    this.#digest = foldCommand(this.#digest, command)
    return this.#store.apply(command)
  }

  snapshot(): Snapshot {
    return {slot: this.#applied, digest: this.#digest, store: this.#store.snapshot()}
  }

  /** Puts the state on disk, durably. */
  save(): void {
    this.#disk.replace(FILE, [this.snapshot()])
    this.#disk.sync(FILE)
    this.#saved = this.#applied
  }

  /** Takes over a snapshot of a peer. False where it is not news. */
  install(snapshot: Snapshot): boolean {
    if (snapshot.slot <= this.#applied) return false
    this.#restore(snapshot)
    this.save()
    return true
  }

  #restore({slot, digest, store}: Snapshot): void {
    this.#store.restore(store)
    this.#applied = slot
    this.#digest = digest
  }
}
