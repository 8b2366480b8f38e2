/**
 * A log of records that are sent once each, while it is being written: two values at one offset, and one value at two
 * offsets, are certain as soon as somebody was told both. What was lost or skipped shows in the end only.
 *
 * Memory is an entry for each record that somebody was told of.
 */
import {history} from '../../core/history.ts'
import type {Op} from '../../core/op.ts'
import {type ValueKey, valueKey} from '../../core/value.ts'
import {AnswerWatch, type Certain} from '../findings/answer-watch.ts'
import {duplicateSentence, inconsistentSentence} from './contents.ts'
import type {LogOptions} from './index.ts'
import {KeyLayout} from './layout.ts'
import {recordsOf} from './records.ts'

export function logWatch({allowed = []}: LogOptions = {}): AnswerWatch {
  const layouts = new Map<ValueKey, KeyLayout>()
  return new AnswerWatch({
    ended(operation) {
      const {f, outcome, invoke, completion} = operation
      if (outcome !== 'ok' || (f !== 'send' && f !== 'poll')) return undefined
      const {sends, polls, keys} = recordsOf(history([invoke, completion as Op]))
      const told = [
        ...sends.flatMap(({key, offset, value}) => (offset === undefined ? [] : [{key, offset, value}])),
        ...polls.flatMap(({key, records}) => records.map((record) => ({key, ...record}))),
      ]
      for (const {key, offset, value} of told) {
        let layout = layouts.get(key)
        if (layout === undefined) layouts.set(key, (layout = new KeyLayout(keys.get(key))))
        layout.see(offset, value, operation)
        const certain = conflict(layout, offset, value)
        if (certain !== undefined && !allowed.includes(certain.type)) return certain
      }
      return undefined
    },
  })
}

function conflict(layout: KeyLayout, offset: KeyLayout['lastPolled'], value: unknown): Certain | undefined {
  const here = layout.at.get(offset) ?? []
  if (here.length > 1) return {type: 'inconsistent-offsets', sentence: inconsistentSentence(layout, offset, here)}
  const places = layout.offsets.get(valueKey(value)) ?? []
  return places.length > 1 ? {type: 'duplicate-record', sentence: duplicateSentence(layout, places, 1)} : undefined
}
