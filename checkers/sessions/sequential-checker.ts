/**
 * The checker of sequential consistency; see `sequential.ts` for the definition and how it is decided.
 *
 * Proves, where it convicts: no interleaving of the processes explains the reads. Cannot see: real time (everybody may be
 * arbitrarily far behind, together). Written values must be unique. It may run out of budget: *unknown*.
 */
import {type Checker, UNLIMITED} from '../../core/checker.ts'
import type {Key} from '../../core/op.ts'
import type {Anomaly} from '../../core/verdict.ts'
import {counted, verdictOf} from '../finding.ts'
import {accessesOf, isRegisterLike} from './accesses.ts'
import {sequential} from './sequential.ts'
import {cycleAnomaly, thinAir} from './session.ts'

export interface SequentialOptions {
  /** Judge each key by itself: weaker, and decided sooner. */
  readonly perKey?: boolean
}

export function sequentialConsistency(options: SequentialOptions = {}): Checker {
  const {perKey = false} = options
  const property = `sequentially consistent${perKey ? ', each key by itself' : ''}`
  return {
    name: 'sequential',
    description: `registers: ${property}`,
    check(history, {budget = UNLIMITED} = {}) {
      const common = {checker: 'sequential', property, kind: 'safety' as const}
      if (!isRegisterLike(history)) {
        return verdictOf({
          ...common,
          summary: 'not registers',
          reason: 'Judged on reads, writes and compare-and-sets only.',
        })
      }
      const anomalies: Anomaly[] = []
      let reads = 0
      let reason: string | undefined
      const keys: readonly (Key | undefined)[] = [...history.byKey().keys()]
      const parts = perKey ? keys.map((key) => history.forKey(key)) : [history]
      for (const part of parts) {
        const accesses = accessesOf(part)
        reads += accesses.reads
        const made = thinAir(accesses)
        for (const found of made) anomalies.push(found)
        if (made.length > 0) continue
        const answer = sequential(accesses, () => budget.exceeded() !== undefined)
        if (answer.kind === 'invalid') {
          anomalies.push(
            cycleAnomaly(
              'sequential-violation',
              answer.cycle,
              'No interleaving of the processes explains what they read: sequential consistency is broken.',
            ),
          )
        } else if (answer.kind === 'unknown') {
          reason = `Undecided after ${answer.states} states${budget.exceeded() === undefined ? '' : ` and ${budget.exceeded()}`}.`
        }
      }
      return verdictOf({
        ...common,
        summary: `${counted(history.byProcess().size, 'process')}, ${counted(reads, 'read')}`,
        anomalies,
        reason: reads === 0 ? 'No read succeeded.' : reason,
      })
    },
  }
}
