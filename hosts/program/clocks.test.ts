/** An unmodified program of the C library (Node itself) is told another time, while it runs. */
import {type ChildProcess, spawn} from 'node:child_process'
import {mkdtempSync, rmSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {createInterface} from 'node:readline'
import {afterEach, expect, test} from 'vitest'
import {localPlace} from '../local/place.ts'
import {canPreload} from '../preload/build.ts'
import {ProgramClocks} from './clocks.ts'

/** Says the time of day, and one that only ever grows, whenever it is asked. */
const TELLER =
  "require('readline').createInterface(process.stdin).on('line', () => console.log(Date.now(), performance.now()))"

let directory: string
let child: ChildProcess | undefined
afterEach(() => {
  child?.kill('SIGKILL')
  rmSync(directory, {recursive: true, force: true})
})

async function teller() {
  directory = mkdtempSync(join(tmpdir(), 'chaos-clock-'))
  const place = localPlace({logDirectory: directory, guard: () => () => {}, onUnexpectedExit: () => {}})
  let ask = async (): Promise<[number, number]> => [0, 0]
  const clocks = await ProgramClocks.open({nodes: ['n1'], place, directory}, async () => (await ask())[0])
  const {command, args, env} = clocks.surround('n1', {command: process.execPath, args: ['-e', TELLER]})
  child = spawn(command, args, {env: {...process.env, ...env}, stdio: ['pipe', 'pipe', 'inherit']})
  const lines = createInterface({input: child.stdout!})[Symbol.asyncIterator]()
  ask = async () => {
    child!.stdin!.write('\n')
    return (await lines.next()).value.split(' ').map(Number) as [number, number]
  }
  return {clocks, ask}
}

const able = canPreload()

test.skipIf(able !== true)(
  `a running program's clock jumps, drifts and is put right${able === true ? '' : `: ${able}`}`,
  async () => {
    const {clocks, ask} = await teller()
    const offset = async () => (await clocks.offsetMs('n1', 1000)) as number
    expect(Math.abs(await offset())).toBeLessThan(500)
    await clocks.skew('n1', 86_400_000)
    expect(Math.abs((await offset()) - 86_400_000)).toBeLessThan(500)
    await clocks.skew('n1', -86_400_000)
    const [, monotonicMs] = await ask()
    expect(Math.abs((await offset()) + 86_400_000)).toBeLessThan(500)
    // What counts from the start of the program goes on.
    expect((await ask())[1]).toBeGreaterThanOrEqual(monotonicMs)
    await clocks.skew('n1', 0)
    // Twice as fast again: in 100 ms it is 100 ms ahead.
    await clocks.drift('n1', 1_000_000)
    const before = await ask()
    let after = before
    while (after[1] - before[1] < 100) after = await ask()
    expect(after[0] - before[0]).toBeGreaterThan(1.8 * (after[1] - before[1]) - 10)
    await clocks.drift('n1', 0)
    expect(Math.abs(await offset())).toBeLessThan(500)
  },
)
