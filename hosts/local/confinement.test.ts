/** A server that is not root reaches the directory of its run wherever that is, however it asks for its rights. */
import {chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {expect, test} from 'vitest'
import {confinementOf} from './confinement.ts'
import {findProgram} from './needs.ts'
import {localPlace} from './place.ts'

const missing = ['setpriv', 'perl'].filter((program) => findProgram(program) === undefined)
const why = process.getuid?.() === 0 ? missing.map((program) => `no ${program}`).join(', ') : 'needs root'

test.skipIf(why !== '')(
  `within a directory of root's alone access(2) agrees with open(2)${why && ` (${why})`}`,
  async () => {
    const closed = mkdtempSync(join(tmpdir(), 'chaos-confinement-'))
    try {
      chmodSync(closed, 0o700)
      mkdirSync(join(closed, 'run'))
      const file = join(closed, 'run', 'file')
      writeFileSync(file, 'there', {mode: 0o600})
      const place = localPlace({logDirectory: closed, guard: () => () => {}, onUnexpectedExit: () => {}})
      const [command = '', ...args] = await confinementOf(place, 'daemon', join(closed, 'run'))
      const script =
        'use POSIX; open(my $f, "<", $ARGV[0]) or die "$!"; print access($ARGV[0], R_OK) ? "may" : "may not"'
      const {stdout, stderr} = await place.execute({command, args: [...args, 'perl', '-e', script, file]}, 10_000)
      expect(stdout || stderr).toBe('may')
    } finally {
      rmSync(closed, {recursive: true, force: true})
    }
  },
)
