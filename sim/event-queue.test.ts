import fc from 'fast-check'
import {expect, test} from 'vitest'
import {EventQueue} from './event-queue.ts'

test('events come by time, then in the order in which they were planned, and cancelled ones do not come', () => {
  fc.assert(
    fc.property(fc.array(fc.record({timeNs: fc.nat(20), cancelled: fc.boolean()})), (planned) => {
      const queue = new EventQueue()
      const came: number[] = []
      const events = planned.map(({timeNs}, i) => queue.add(timeNs, () => came.push(i)))
      for (const [i, {cancelled}] of planned.entries()) if (cancelled) events[i]!.run = undefined
      for (let event = queue.take(); event !== undefined; event = queue.take()) event.run!()
      const expected = [...planned.keys()]
        .filter((i) => !planned[i]!.cancelled)
        .sort((left, right) => planned[left]!.timeNs - planned[right]!.timeNs || left - right)
      expect(came).toEqual(expected)
      expect(queue.size).toBe(0)
    }),
  )
})

test('events may be added while others are taken', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(9), {maxLength: 60}), (gaps) => {
      const queue = new EventQueue()
      const times: number[] = []
      const rest = gaps.slice()
      const plan = (fromNs: number) => {
        const gap = rest.pop()
        if (gap === undefined) return
        const timeNs = fromNs + gap
        queue.add(timeNs, () => {
          times.push(timeNs)
          plan(timeNs)
          plan(timeNs)
        })
      }
      plan(0)
      for (let event = queue.take(); event !== undefined; event = queue.take()) event.run!()
      expect(times).toHaveLength(gaps.length)
      expect(times).toEqual(times.toSorted((left, right) => left - right))
    }),
  )
})
