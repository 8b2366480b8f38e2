/** What threads answer, what they refuse, and how long they are kept. */
import {setTimeout as pause} from 'node:timers/promises'
import {afterAll, expect, test} from 'vitest'
import {EXIT} from '../core/error.ts'
import {threadPool} from './threads.ts'

const pool = threadPool(import.meta.url, 'refusing.fixture', {threads: 1})
afterAll(() => pool.destroy())

test('what a thread refuses in words is refused in the same words where it was asked', async () => {
  expect(await pool.run(8)).toBe(4)
  await expect(pool.run(3)).rejects.toMatchObject({
    message: 'Expected an even number. Got 3.',
    exitCode: EXIT.usage,
    hints: ['Try 2.'],
  })
})

test('a bug in a thread stays one', async () => {
  const thrown = await pool.run(0).catch((error: unknown) => error)
  expect(thrown).toMatchObject({message: 'zero'})
  expect(thrown).not.toHaveProperty('exitCode')
})

test('a thread with nothing to do for a moment is not ended: starting another takes long', async () => {
  const kept = threadPool(import.meta.url, 'refusing.fixture', {threads: 1})
  try {
    await kept.run(2)
    const [thread] = kept.threads
    // No event says that a thread was not ended: this is as long as it took when they were.
    await pause(50)
    await kept.run(4)
    expect(kept.threads).toEqual([thread])
  } finally {
    await kept.destroy()
  }
})

test('a thread that dies of something while it is being ended is ended', async () => {
  const doomed = threadPool(import.meta.url, 'dying.fixture', {threads: 1})
  const dying = new Int32Array(new SharedArrayBuffer(4))
  const answer = doomed.run({dying}).catch((error: unknown) => error)
  while (Atomics.load(dying, 0) === 0) await pause(1)
  // It has died when we look up again, and we have not heard of it.
  Atomics.wait(dying, 0, 1, 300)
  await doomed.destroy()
  expect(await answer).toBeInstanceOf(Error)
  expect(doomed.threads).toEqual([])
})
