/** What an error quotes of a log is what happened, not where in its code the program was when it did. */
import {mkdtempSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {afterEach, expect, test} from 'vitest'
import {LocalProgram} from './program.ts'

let directory: string
afterEach(() => rmSync(directory, {recursive: true}))

function lastLines(log: string): string[] {
  directory = mkdtempSync(join(tmpdir(), 'chaos-log-'))
  const logFile = join(directory, 'n1.log')
  writeFileSync(logFile, log)
  return new LocalProgram({name: 'Node n1', logFile, guard: () => () => {}, onUnexpectedExit: () => {}}).lastLines()
}

test.each([
  [
    'Java',
    'java.net.BindException: Address already in use\n\tat java.base/sun.nio.ch.Net.bind0(Native Method)\n\tat a.B.c(B.java:29)\n',
    ['java.net.BindException: Address already in use'],
  ],
  [
    'Go',
    'panic: no space left on device\n\ngoroutine 1 [running]:\nmain.start(0xc0?)\n\tx.io/y/main.go:302 +0x1d\nmain.main()\n\tx.io/main.go:28 +0x17\n',
    ['panic: no space left on device'],
  ],
  [
    'registers after a Go stack',
    'SIGABRT: abort\nPC=0x4723a1 m=0 sigcode=0\n\nrax    0xca\nr15    0x7fd544be6380\nrflags 0x286\ngs     0x0\n',
    ['SIGABRT: abort', 'PC=0x4723a1 m=0 sigcode=0'],
  ],
  ['PostgreSQL', 'LOG:  could not bind IPv4 address (127.0.0.1)\n', ['LOG:  could not bind IPv4 address (127.0.0.1)']],
  ['a long line', 'x'.repeat(1000), [`${'x'.repeat(300)}…`]],
  ['nothing', '', []],
])('%s', (_, log, quoted) => {
  expect(lastLines(log)).toEqual(quoted)
})
