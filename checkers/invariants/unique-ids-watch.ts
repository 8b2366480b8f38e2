/**
 * Unique ids, while the record is being written: an id that was given out before is certain at once, unless it is a number that
 * the client may have rounded, of which only the whole record can tell. Memory is that of the ids.
 */
import type {Key, ProcessId} from '../../core/op.ts'
import {type ValueKey, valueKey} from '../../core/value.ts'
import {AnswerWatch} from '../findings/answer-watch.ts'
import {mayBeRounded} from '../findings/rounded.ts'
import {duplicateSentence} from './unique-ids.ts'

export function uniqueIdsWatch(): AnswerWatch {
  const given = new Map<Key | undefined, Map<ValueKey, ProcessId>>()
  return new AnswerWatch({
    ended({f, outcome, key, process, output}) {
      if (f !== 'generate' || outcome !== 'ok' || output === null) return undefined
      let owners = given.get(key)
      if (owners === undefined) given.set(key, (owners = new Map()))
      const id = valueKey(output)
      const owner = owners.get(id)
      if (owner === undefined) owners.set(id, process)
      else if (mayBeRounded(output) !== true)
        return {type: 'duplicate-id', sentence: duplicateSentence(key, output, owner, process)}
      return undefined
    },
  })
}
