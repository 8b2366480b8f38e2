import {mkdtempSync, readdirSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {afterEach, beforeEach, expect, test} from 'vitest'
import {type Clock, wallClock} from '../../core/clock.ts'
import type {CompletedJob} from './job.ts'
import {readMemory} from './kept-seeds.ts'
import {learn} from './learn.ts'

let directory = ''
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'chaos-learn-'))
})
afterEach(() => rmSync(directory, {recursive: true}))

const failed = (target: string, seed: string): CompletedJob => ({
  job: {kind: 'fresh', target, workload: 'register', faults: ['kill'], seed},
  ...{outcome: 'violation', sentence: 'Stale read.', tookMs: 1, command: ''},
})
const at = new Date('2026-01-01')

test('what another campaign kept meanwhile stays', async () => {
  const file = join(directory, 'not', 'yet', 'seeds.json')
  const clock = wallClock()
  await Promise.all(['a', 'b', 'c', 'd'].map((target) => learn(file, failed(target, '1'), clock, at)))
  const {seeds, tested} = readMemory(file)
  expect(seeds.map(({target}) => target).sort()).toEqual(['a', 'b', 'c', 'd'])
  expect(Object.keys(tested)).toHaveLength(4)
  expect(readdirSync(join(directory, 'not', 'yet'))).toEqual(['seeds.json'])
})

test('who was killed while writing is not waited for', async () => {
  const file = join(directory, 'seeds.json')
  writeFileSync(`${file}.lock`, '')
  let now = 0
  const hurried: Clock = {
    nowNs: () => now,
    after(delayMs, wake) {
      now += delayMs * 1e6
      queueMicrotask(wake)
      return () => {}
    },
  }
  await learn(file, failed('a', '1'), hurried, at)
  expect(readMemory(file).seeds).toHaveLength(1)
})
