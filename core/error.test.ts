import {expect, test} from 'vitest'
import {EnvironmentError, messageOf} from './error.ts'

test('a sentence and its cause are one text, without a full stop between them', () => {
  const cause = Object.assign(new Error("EROFS: read-only file system, mkdir 'x'"), {code: 'EROFS'})
  const error = new EnvironmentError('Cannot create x: the file system is read-only.', [], cause)
  expect(messageOf(error)).toBe(
    "Cannot create x: the file system is read-only: EROFS: read-only file system, mkdir 'x'",
  )
  expect(messageOf(new EnvironmentError('Cannot create x.'))).toBe('Cannot create x.')
  expect(messageOf('a text')).toBe('a text')
})
