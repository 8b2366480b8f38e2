/**
 * What is wrong with a node's disk, as its own process makes it so: a full disk refuses to sync, a slow one takes its time,
 * and power that fails in mid-write leaves a part of what was to be written and no process.
 */
import {DiskFailure} from '../../core/record.ts'

/** How a disk is harmed, as it is told to the process. */
export interface DiskState {
  readonly full: boolean
  /** How much longer a sync takes, ms. */
  readonly slowMs: number
  /** The next sync that has something to write is cut off in its midst, by the power. */
  readonly powerFails: boolean
}

export const SOUND: DiskState = {full: false, slowMs: 0, powerFails: false}

export const isSound = ({full, slowMs, powerFails}: DiskState): boolean => !full && slowMs <= 0 && !powerFails

/** Of what was being written when the power failed, this share is on the disk. */
const TORN_SHARE = 0.5

/** Called before bytes are written. Throws DiskFailure where there is no room. */
export function beforeWrite({full, slowMs}: DiskState): void {
  if (full) throw new DiskFailure('no space left on device')
  // A process whose disk is slow does nothing else meanwhile: it waits within `fsync`.
  if (slowMs > 0) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, slowMs)
}

/** Writes a part and ends the process as the loss of power would: at once, with nothing said to anybody. */
export function failInMidWrite(bytes: Uint8Array, write: (part: Uint8Array) => void): void {
  write(bytes.subarray(0, Math.floor(bytes.length * TORN_SHARE)))
  process.kill(process.pid, 'SIGKILL')
  // The signal is there before this returns, but nothing says that no further line of ours runs.
  for (;;) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1000)
}

/** What is in force, in words; empty when sound. */
export function stateWords({full, slowMs, powerFails}: DiskState): string {
  const words = [
    full ? 'full' : '',
    slowMs > 0 ? `syncs take ${slowMs} ms longer` : '',
    powerFails ? 'the power fails' : '',
  ]
  return words.filter((word) => word !== '').join(', ')
}
