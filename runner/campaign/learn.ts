/**
 * One more job enters the file of seeds, whoever else writes there: campaigns side by side in one folder share it, so what it
 * holds is read again each time, and only one program at a time reads and writes.
 */
import {rmSync, writeFileSync} from 'node:fs'
import {type Clock, sleep} from '../../core/clock.ts'
import {diskError} from '../store.ts'
import type {CompletedJob} from './job.ts'
import {makeWay, readMemory, remember, writeMemory} from './kept-seeds.ts'

/** The lock is held for one read and one write, a millisecond or so: what is older was left by a program that was killed. */
const LEFT_BEHIND_MS = 2000
const AGAIN_MS = 5

/** Throws EnvironmentError where the file cannot be written, UsageError where somebody made it a file of another kind. */
export async function learn(file: string, ended: CompletedJob, clock: Clock, at: Date): Promise<void> {
  makeWay(file)
  const release = await locked(`${file}.lock`, clock)
  try {
    const before = readMemory(file)
    const after = remember(before, ended, at)
    if (after !== before) writeMemory(file, after)
  } finally {
    release()
  }
}

/** Resolves to what lets others in again. */
async function locked(lock: string, clock: Clock): Promise<() => void> {
  const release = () => rmSync(lock, {force: true})
  const beganNs = clock.nowNs()
  while (!taken(lock)) {
    if (clock.nowNs() - beganNs > LEFT_BEHIND_MS * 1e6) release()
    else await sleep(clock, AGAIN_MS)
  }
  return release
}

function taken(lock: string): boolean {
  try {
    writeFileSync(lock, `${process.pid}\n`, {flag: 'wx'})
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw diskError('write', lock, error)
  }
}
