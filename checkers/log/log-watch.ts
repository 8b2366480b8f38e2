/**
 * A log while it is being written: two values at one offset, and one value at more offsets than it was sent so far, are certain
 * as soon as somebody was told of them. What was lost or skipped shows in the end only.
 *
 * Memory is an entry for each record that somebody sent or was told of.
 */
import {MapKeys} from '../../core/format/map-keys.ts'
import {history} from '../../core/history.ts'
import type {Op} from '../../core/op.ts'
import {type ValueKey, valueKey} from '../../core/value.ts'
import {AnswerWatch, type Certain} from '../findings/answer-watch.ts'
import {duplicateSentence, inconsistentSentence} from './contents.ts'
import type {LogOptions} from './index.ts'
import {KeyLayout} from './layout.ts'
import type {Offset} from './offset.ts'
import {namedKeys, recordsOf} from './records.ts'

/** Functions whose operations tell of records. */
const READ: ReadonlySet<string> = new Set(['send', 'poll', 'txn'])

export function logWatch({allowed = []}: LogOptions = {}): AnswerWatch {
  const layouts = new Map<ValueKey, KeyLayout>()
  const names = new MapKeys()
  // By key and value: how often it was sent, whatever came of it.
  const sent = new Map<ValueKey, Map<ValueKey, number>>()
  return new AnswerWatch({
    invoked(invoke) {
      if (!READ.has(invoke.f)) return
      const asked = history([invoke])
      namedKeys(asked, names)
      for (const {key, value} of recordsOf(asked, names).sends) {
        const times = sent.get(key) ?? new Map<ValueKey, number>()
        sent.set(key, times.set(valueKey(value), (times.get(valueKey(value)) ?? 0) + 1))
      }
    },
    ended(operation) {
      const {f, outcome, invoke, completion} = operation
      if (outcome !== 'ok' || !READ.has(f)) return undefined
      const {sends, polls, keys} = recordsOf(history([invoke, completion as Op]), names)
      const told = [
        ...sends.flatMap(({key, offset, value}) => (offset === undefined ? [] : [{key, offset, value}])),
        ...polls.flatMap(({key, records}) => records.map((record) => ({key, ...record}))),
      ]
      for (const {key, offset, value} of told) {
        let layout = layouts.get(key)
        if (layout === undefined) layouts.set(key, (layout = new KeyLayout(keys.get(key))))
        layout.see(offset, value, operation)
        const certain = conflict(layout, offset, value, sent.get(key)?.get(valueKey(value)) ?? 0)
        if (certain !== undefined && !allowed.includes(certain.type)) return certain
      }
      return undefined
    },
  })
}

function conflict(layout: KeyLayout, offset: Offset, value: unknown, sent: number): Certain | undefined {
  const here = layout.at.get(offset) ?? []
  if (here.length > 1) return {type: 'inconsistent-offsets', sentence: inconsistentSentence(layout, offset, here)}
  const places = layout.offsets.get(valueKey(value)) ?? []
  // A value that was sent twice on purpose may be there twice.
  if (places.length < 2 || places.length <= sent) return undefined
  return {type: 'duplicate-record', sentence: duplicateSentence(layout, places, sent)}
}
