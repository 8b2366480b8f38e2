import {mkdirSync, writeFileSync} from 'node:fs'
import {expect, test} from 'vitest'
import {explainFailure} from './failure.ts'

/** What Node.js throws where this is not allowed, made up: root is allowed everything. */
function refusal(code: string, syscall: string, path: string): Error {
  return Object.assign(new Error(`${code}: permission denied, ${syscall} '${path}'`), {code, syscall, path})
}

test.each([
  ['EACCES', 'permission denied'],
  ['EPERM', 'permission denied'],
  ['EROFS', 'the file system is read-only'],
])('what may not be written (%s) is the fault of the place, not a bug', (code, why) => {
  expect(explainFailure(refusal(code, 'open', 'chaos.config.ts'), ['init'])).toEqual({
    lines: [`Cannot open chaos.config.ts: ${why}.`, 'Choose another place, or let this user write there.'],
    exitCode: 4,
  })
  expect(explainFailure(refusal(code, 'mkdir', '.github'), ['init']).lines[0]).toContain('Cannot create .github')
})

test('a refusal of the system itself has these fields', () => {
  const thrown = (does: () => void) => {
    try {
      does()
    } catch (error) {
      return error as NodeJS.ErrnoException
    }
    throw new Error('it was allowed')
  }
  // /proc refuses everybody, by other codes.
  expect(thrown(() => writeFileSync('/proc/chaos', ''))).toMatchObject({syscall: 'open', path: '/proc/chaos'})
  expect(thrown(() => mkdirSync('/proc/chaos'))).toMatchObject({syscall: 'mkdir', path: '/proc/chaos'})
})
