/**
 * The checker of sequential consistency; see `sequential.ts` for the definition and how it is decided.
 *
 *     0  |write x=1|  |read y=nil|     each missed the other's write,
 *     1  |write y=1|  |read x=nil|     so each write would have to come before the other
 *
 * What is linearizable is sequentially consistent, and that is decided much sooner, so it is tried first.
 *
 * Proves, where it convicts: no interleaving of the processes explains the reads. Cannot see: real time (everybody may be
 * arbitrarily far behind, together). Written values must be unique. It may run out of budget: *unknown*.
 */

import {type Checker, UNLIMITED} from '../../core/checker.ts'
import type {Key} from '../../core/op.ts'
import {counted} from '../../core/quantities.ts'
import type {Anomaly} from '../../core/verdict.ts'
import {verdictOf} from '../findings/finding.ts'
import {linearizable} from '../linearizable/index.ts'
import {accessesOf, isRegisterLike} from './accesses.ts'
import {sequential} from './sequential.ts'
import {cycleAnomaly, thinAir} from './session.ts'

export interface SequentialOptions {
  /** Judge each key by itself: weaker, and decided sooner. */
  readonly perKey?: boolean
  /** Known not to be linearizable: that need not be tried. */
  readonly notLinearizable?: boolean
}

export function sequentialConsistency(options: SequentialOptions = {}): Checker {
  const {perKey = false, notLinearizable = false} = options
  const property = `sequentially consistent${perKey ? ', each key by itself' : ''}`
  return {
    name: 'sequential',
    description: `registers: ${property}`,
    async check(history, checkOptions = {}) {
      const {budget = UNLIMITED} = checkOptions
      const common = {checker: 'sequential', property, kind: 'safety' as const}
      if (!isRegisterLike(history)) {
        return verdictOf({
          ...common,
          summary: 'not registers',
          reason: 'Judged on reads, writes and compare-and-sets only.',
        })
      }
      const accesses = accessesOf(history)
      const summary = `${counted(history.byProcess().size, 'process')}, ${counted(accesses.reads, 'read')}`
      if (!notLinearizable && accesses.reads > 0) {
        const {validity} = await linearizable({model: 'cas-register'}).check(history, checkOptions)
        if (validity === 'valid') return verdictOf({...common, summary})
      }
      const anomalies: Anomaly[] = []
      let reason: string | undefined
      const keys: readonly (Key | undefined)[] = [...history.byKey().keys()]
      const parts = perKey ? keys.map((key) => history.forKey(key)) : [history]
      for (const part of parts) {
        const own = part === history ? accesses : accessesOf(part)
        const made = thinAir(own)
        for (const found of made) anomalies.push(found)
        if (made.length > 0) continue
        const answer = sequential(own, () => budget.exceeded() !== undefined)
        if (answer.kind === 'invalid') {
          anomalies.push(
            cycleAnomaly(
              'sequential-violation',
              answer.cycle,
              accesses.all,
              'No interleaving of the processes explains what they read: sequential consistency is broken.',
            ),
          )
        } else if (answer.kind === 'unknown') {
          reason = `Undecided after ${answer.states} states${budget.exceeded() === undefined ? '' : ` and ${budget.exceeded()}`}.`
        }
      }
      return verdictOf({
        ...common,
        summary,
        anomalies,
        reason: accesses.reads === 0 ? 'No read succeeded.' : reason,
      })
    },
  }
}
