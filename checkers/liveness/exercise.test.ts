/** The words of `exercise` for a fault that took so long to take hold that nobody was there to meet it. */
import {expect, it} from 'vitest'
import {history} from '../../core/history.ts'
import type {Op} from '../../core/op.ts'
import {exercise} from './exercise.ts'

it('says of a fault that took hold after the last client how long it had waited', async () => {
  const struck = {description: 'n1 | n2', victims: ['n1'], proof: {verified: true, evidence: ''}}
  const told = (timeS: number, process: Op['process'], type: Op['type'], f: string, value: Op['value']) => {
    return {timeNs: timeS * 1e9, process, type, f, value}
  }
  const ops = [
    told(1, 0, 'invoke', 'write', 1),
    told(2, 0, 'ok', 'write', 1),
    told(2, 0, 'invoke', 'read', null),
    told(2.5, 'nemesis:partition', 'info', 'start-partition', {}),
    told(3, 0, 'ok', 'read', 1),
    told(6, 'nemesis:partition', 'info', 'start-partition', struck),
    told(6, 'nemesis:partition', 'info', 'stop-partition', null),
    told(6.5, 'nemesis:partition', 'info', 'stop-partition', struck),
  ].map((each, index): Op => ({...each, index}))
  const {validity, reason} = await exercise({}).check(history(ops))
  expect(validity).toBe('unknown')
  expect(reason).toBe(
    'The fault partition never overlapped an operation: it was seen only 3.5 s after it was asked for, when no client ran any more.',
  )
})
