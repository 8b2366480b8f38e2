/** Syncs of a program that knows nothing of it take longer, and only while they are to. */
import {spawn} from 'node:child_process'
import {mkdirSync, mkdtempSync, rmSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {createInterface} from 'node:readline'
import {expect, test} from 'vitest'
import {wallClock} from '../../core/clock.ts'
import {localPlace} from '../local/place.ts'
import {statOf} from '../local/process-tree.ts'
import {SlowSyncs} from './slow-syncs.ts'
import {canSlowSyncs} from './support.ts'

/** Syncs a file whenever it is asked, and says how long that took, ms. */
const SYNCER = `
const fs = require('fs'), file = fs.openSync('synced', 'w')
require('readline').createInterface(process.stdin).on('line', () => {
  const start = performance.now()
  fs.writeSync(file, 'x')
  fs.fdatasyncSync(file)
  console.log(performance.now() - start)
}).on('close', () => process.exit(7))`

const able = canSlowSyncs()

test.skipIf(able !== true)(`syncs are held up and let go again${able === true ? '' : `: ${able}`}`, async () => {
  const directory = mkdtempSync(join(tmpdir(), 'chaos-syncs-'))
  mkdirSync(join(directory, 'n1'))
  const place = localPlace({logDirectory: directory, guard: () => () => {}, onUnexpectedExit: () => {}})
  const syncs = await SlowSyncs.open({nodes: ['n1'], place, directory, clock: wallClock()})
  const {command, args} = syncs.surround('n1', {command: process.execPath, args: ['-e', SYNCER]})
  const child = spawn(command, args, {cwd: join(directory, 'n1'), stdio: ['pipe', 'pipe', 'inherit']})
  try {
    const lines = createInterface({input: child.stdout})[Symbol.asyncIterator]()
    const tookMs = async () => {
      child.stdin.write('\n')
      return Number((await lines.next()).value)
    }
    await tookMs()
    expect(syncs.slowed('n1')).toBe(0)
    syncs.set('n1', 400)
    expect(await tookMs()).toBeGreaterThan(380)
    expect(await syncs.probe('n1')).toMatchObject({tookMs: expect.closeTo(400, -3)})
    expect(syncs.slowed('n1')).toBe(2)
    syncs.set('n1', 0)
    await tookMs()
    expect(syncs.slowed('n1')).toBe(2)
    // Its end is the program's own.
    child.stdin.end()
    expect(await new Promise((resolve) => child.once('exit', resolve))).toBe(7)
  } finally {
    child.kill('SIGKILL')
    rmSync(directory, {recursive: true})
  }
})

test.skipIf(able !== true).each(['running', 'frozen'])(
  `killed while %s, a program is gone at once, not left for others to collect${able === true ? '' : `: ${able}`}`,
  async (how) => {
    const directory = mkdtempSync(join(tmpdir(), 'chaos-syncs-'))
    mkdirSync(join(directory, 'n1'))
    const place = localPlace({logDirectory: directory, guard: () => () => {}, onUnexpectedExit: () => {}})
    const program = place.program('n1')
    try {
      const syncs = await SlowSyncs.open({nodes: ['n1'], place, directory, clock: wallClock()})
      const told = {command: process.execPath, args: ['-e', 'console.log(process.pid); process.stdin.resume()']}
      const {stdout} = program.start(syncs.surround('n1', told), {stdout: 'pipe'})
      const lines = createInterface({input: stdout as NodeJS.ReadableStream})[Symbol.asyncIterator]()
      const pid = Number((await lines.next()).value)
      expect(statOf(pid)).toBeDefined()
      if (how === 'frozen') await program.pause()
      await program.kill()
      expect(statOf(pid)).toBeUndefined()
      expect(await program.exited).toBe('was ended by SIGKILL')
    } finally {
      await program.kill()
      rmSync(directory, {recursive: true})
    }
  },
)
