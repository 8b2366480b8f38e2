/** What threads answer, and what they refuse. */
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
