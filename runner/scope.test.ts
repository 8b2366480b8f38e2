import {expect, test} from 'vitest'
import {wallClock} from '../core/clock.ts'
import {Scope} from './scope.ts'

test('releases run newest first, all of them, whatever goes wrong', async () => {
  const scope = new Scope(wallClock())
  const released: string[] = []
  scope.defer('first', () => released.push('first'))
  scope.defer('broken', () => Promise.reject(new Error('stuck')))
  scope.defer('last', async () => released.push('last'))
  expect(await scope.close()).toEqual(['broken: stuck'])
  expect(released).toEqual(['last', 'first'])
  expect(await scope.close()).toEqual([])
})
