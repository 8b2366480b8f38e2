/** Unmodified programs of the C library (Node itself, and one that waits) are told another time, while they run. */
import {type ChildProcess, execFileSync, spawn} from 'node:child_process'
import {mkdtempSync, rmSync, writeFileSync} from 'node:fs'
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

/**
 * Waits for 60 ms in each way that takes a time of day for its end, and says after how many ms it went on. A deadline by the
 * clock that never jumps comes last.
 */
const WAITER = `
#define _GNU_SOURCE
#include <pthread.h>
#include <semaphore.h>
#include <stdio.h>
#include <time.h>

static struct timespec now(clockid_t clock, long ms) {
  struct timespec time;
  clock_gettime(clock, &time);
  time.tv_sec += (time.tv_nsec / 1000000 + ms) / 1000;
  time.tv_nsec = (time.tv_nsec + ms * 1000000) % 1000000000;
  return time;
}

int main(void) {
  pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER, held = PTHREAD_MUTEX_INITIALIZER;
  pthread_cond_t cond = PTHREAD_COND_INITIALIZER, steady;
  pthread_condattr_t attributes;
  pthread_condattr_init(&attributes);
  pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
  pthread_cond_init(&steady, &attributes);
  sem_t semaphore;
  sem_init(&semaphore, 0, 0);
  pthread_mutex_lock(&mutex);
  pthread_mutex_lock(&held);
  for (int way = 0; way < 5; way++) {
    struct timespec begin = now(CLOCK_MONOTONIC, 0), end = now(way == 4 ? CLOCK_MONOTONIC : CLOCK_REALTIME, 60);
    if (way == 0) pthread_cond_timedwait(&cond, &mutex, &end);
    if (way == 1) pthread_mutex_timedlock(&held, &end);
    if (way == 2) sem_timedwait(&semaphore, &end);
    if (way == 3) clock_nanosleep(CLOCK_REALTIME, TIMER_ABSTIME, &end, NULL);
    if (way == 4) pthread_cond_timedwait(&steady, &mutex, &end);
    struct timespec after = now(CLOCK_MONOTONIC, 0);
    printf("%ld ", (after.tv_sec - begin.tv_sec) * 1000 + (after.tv_nsec - begin.tv_nsec) / 1000000);
  }
  return 0;
}
`

test.skipIf(able !== true)(
  `what waits until a time of day waits as long as it means to${able === true ? '' : `: ${able}`}`,
  async () => {
    directory = mkdtempSync(join(tmpdir(), 'chaos-clock-'))
    const program = join(directory, 'waiter')
    writeFileSync(`${program}.c`, WAITER)
    execFileSync('cc', ['-o', program, `${program}.c`, '-pthread'])
    const place = localPlace({logDirectory: directory, guard: () => () => {}, onUnexpectedExit: () => {}})
    const clocks = await ProgramClocks.open({nodes: ['n1'], place, directory}, async () => undefined)
    const {command, args, env} = clocks.surround('n1', {command: program, args: []})
    for (const offsetMs of [0, 20_000, -20_000]) {
      await clocks.skew('n1', offsetMs)
      const waited = execFileSync(command, args, {env: {...process.env, ...env}, timeout: 15_000})
        .toString()
        .trim()
        .split(' ')
      expect(waited.length).toBe(5)
      for (const ms of waited) expect(Number(ms), `${waited} at ${offsetMs} ms`).toBeGreaterThanOrEqual(58)
    }
    // Twice as fast: what lasts 60 ms by this clock is over after 30.
    await clocks.skew('n1', 0)
    await clocks.drift('n1', 1_000_000)
    const waits = execFileSync(command, args, {env: {...process.env, ...env}, timeout: 15_000})
      .toString()
      .split(' ', 4)
      .map(Number)
    expect(Math.min(...waits)).toBeGreaterThanOrEqual(28)
    expect(Math.min(...waits)).toBeLessThan(58)
  },
)
