import fc from 'fast-check'
import {expect, test} from 'vitest'
import {Alarm, Callback, EventQueue} from './event-queue.ts'

test('events come by time, then in the order in which they were planned, and cancelled ones do not come', () => {
  fc.assert(
    fc.property(fc.array(fc.record({timeNs: fc.nat(20), cancelled: fc.boolean()})), (planned) => {
      const queue = new EventQueue()
      const came: number[] = []
      const events = planned.map((_, i) => new Callback(() => came.push(i)))
      for (const [i, {timeNs}] of planned.entries()) queue.add(events[i]!, timeNs)
      for (const [i, {cancelled}] of planned.entries()) if (cancelled) events[i]!.cancel()
      for (let event = queue.take(); event !== undefined; event = queue.take()) event.run()
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
        const event = new Callback(() => {
          times.push(timeNs)
          plan(timeNs)
          plan(timeNs)
        })
        queue.add(event, timeNs)
      }
      plan(0)
      for (let event = queue.take(); event !== undefined; event = queue.take()) event.run()
      expect(times).toHaveLength(gaps.length)
      expect(times).toEqual(times.toSorted((left, right) => left - right))
    }),
  )
})

test('an event that is planned again, earlier or later, comes once, as if it had been planned then only', () => {
  const change = fc.record({
    event: fc.nat(5),
    timeNs: fc.nat(9),
    kind: fc.constantFrom('plan', 'plan', 'cancel', 'take'),
  })
  fc.assert(
    fc.property(fc.array(change, {maxLength: 80}), (changes) => {
      const queue = new EventQueue()
      const came: number[] = []
      const events = Array.from({length: 6}, (_, i) => new Alarm(() => came.push(i)))
      /** What is planned, by brute force. */
      const model = new Map<number, {timeNs: number; order: number}>()
      const expected: number[] = []
      const takeExpected = () => {
        const [first] = [...model].sort(([, left], [, right]) => left.timeNs - right.timeNs || left.order - right.order)
        if (first === undefined) return
        model.delete(first[0])
        expected.push(first[0])
      }
      for (const [order, {event, timeNs, kind}] of changes.entries()) {
        if (kind === 'plan') {
          queue.set(events[event]!, timeNs)
          model.set(event, {timeNs, order})
        } else if (kind === 'cancel') {
          events[event]!.cancel()
          model.delete(event)
        } else {
          queue.take()?.run()
          takeExpected()
        }
        const times = [...model.values()].map(({timeNs}) => timeNs)
        expect(queue.nextNs()).toBe(Math.min(Number.POSITIVE_INFINITY, ...times))
      }
      for (let event = queue.take(); event !== undefined; event = queue.take()) event.run()
      while (model.size > 0) takeExpected()
      expect(came).toEqual(expected)
      expect(queue.size).toBe(0)
    }),
  )
})
