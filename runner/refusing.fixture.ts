/** A thread that refuses odd numbers in words, and breaks at zero. */
import {UsageError} from '../core/error.ts'
import {inThread} from './threads.ts'

export default inThread((job: number) => {
  if (job === 0) throw new TypeError('zero')
  if (job % 2 === 1) throw new UsageError(`Expected an even number. Got ${job}.`, ['Try 2.'])
  return job / 2
})
