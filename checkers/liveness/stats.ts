/**
 * What was done and how it went, per function: counts of ok, fail and info, rates, and latency quantiles.
 *
 * Proves: nothing about safety. A function that was tried and never succeeded makes the run *unknown* (kind `exercise`):
 * properties that depend on it were not tested (Jepsen's stats calls it invalid). Latencies are those of successful
 * operations, from when they were due (`latency.ts`). Cannot see: how long operations took that failed or were given up.
 */

import type {Checker} from '../../core/checker.ts'
import type {History} from '../../core/history.ts'
import {messagesIn} from '../../core/messages.ts'
import {OpenOperations} from '../../core/pairs.ts'
import {counted, showCount} from '../../core/quantities.ts'
import type {FunctionStats} from '../../core/verdict-detail.ts'
import {verdictOf} from '../findings/finding.ts'
import {Durations, dueOf, Latencies, roundMs} from './latency.ts'

export function stats(): Checker {
  return {
    name: 'stats',
    description: 'counts, rates and latencies per function; unknown where a function never succeeded',
    check(history) {
      const tallies = tallyFunctions(history)
      const byFunction = [...tallies.keys()].sort().map((f) => statsOf(f, tallies.get(f)!))
      const all = together([...tallies.values()])
      const operations = all.ok + all.fail + all.info
      const total = statsOf('all', all)
      const never = byFunction.filter(({ok}) => ok === 0).map(({f}) => f)
      const seconds = history.endNs / 1e9
      const messages = messagesIn(history.nemesisOps)
      const perOperation = messages === undefined ? Number.NaN : messages.servers.sent / operations
      return verdictOf({
        checker: 'stats',
        property: 'every operation succeeded at least once',
        kind: 'exercise',
        summary: `${counted(operations, 'operation')}: ${showCount(total.ok)} ok, ${showCount(total.fail)} failed, ${showCount(total.info)} unknown${Number.isNaN(perOperation) ? '' : `, ${perOperation.toFixed(1)} messages each`}`,
        reason: reasonOf(operations, never),
        measures: {
          operations,
          ok: total.ok,
          fail: total.fail,
          info: total.info,
          okRate: Number(total.okRate.toFixed(4)),
          ...(seconds > 0 ? {ratePerS: Number((operations / seconds).toFixed(1))} : {}),
          ...(messages === undefined ? {} : {messages: messages.all.sent, messagesPerOperation: perOperation}),
          ...(total.p50Ms === null ? {} : {p50Ms: total.p50Ms, p99Ms: total.p99Ms ?? 0, maxMs: total.maxMs ?? 0}),
        },
        detail: {functions: byFunction},
      })
    },
  }
}

function reasonOf(operations: number, never: readonly string[]): string | undefined {
  if (operations === 0) return 'There are no operations.'
  if (never.length === 0) return undefined
  return `No ${never.join(' and no ')} ever succeeded, so what depends on it was not tested.`
}

/** What became of some operations. */
interface Tally {
  ok: number
  fail: number
  info: number
  readonly latencies: Latencies
}

/** By function. Goes through the ops as they are: operations are not needed for it. */
function tallyFunctions(history: History): Map<string, Tally> {
  const counts = new Map<string, {ok: number; fail: number; info: number; readonly durations: Durations}>()
  const open = new OpenOperations()
  // Of what is open, by a number that is free again afterwards.
  const functions: string[] = []
  const dues: number[] = []
  const free: number[] = []
  history.scan(({process, type, f, timeNs, extra}) => {
    if (typeof process !== 'number') return
    if (type === 'invoke') {
      const number = open.see(type, process, free.pop() ?? functions.length)
      if (number < 0) throw history.pairingError()
      functions[number] = f
      dues[number] = dueOf(extra, timeNs)
      const known = counts.get(f)
      if (known === undefined) counts.set(f, {ok: 0, fail: 0, info: 1, durations: new Durations()})
      else known.info++
      return
    }
    const number = open.see(type, process, 0)
    if (number < 0) throw history.pairingError()
    free.push(number)
    if (type === 'info') return
    const count = counts.get(functions[number]!)!
    count.info--
    count[type]++
    if (type === 'ok') count.durations.push(timeNs - dues[number]!)
  })
  const tallyOf = ({durations, ...rest}: {ok: number; fail: number; info: number; durations: Durations}): Tally => ({
    ...rest,
    latencies: Latencies.ofNs(durations),
  })
  return new Map(Array.from(counts, ([f, count]) => [f, tallyOf(count)]))
}

function together(tallies: readonly Tally[]): Tally {
  const sum = (of: 'ok' | 'fail' | 'info') => tallies.reduce((total, tally) => total + tally[of], 0)
  const latencies = Latencies.together(tallies.map((tally) => tally.latencies))
  return {ok: sum('ok'), fail: sum('fail'), info: sum('info'), latencies}
}

function statsOf(f: string, {ok, fail, info, latencies}: Tally): FunctionStats {
  const at = (share: number) => (latencies.count === 0 ? null : roundMs(latencies.quantileMs(share)))
  return {
    f,
    ok,
    fail,
    info,
    okRate: ok + fail + info === 0 ? 0 : ok / (ok + fail + info),
    p50Ms: at(0.5),
    p90Ms: at(0.9),
    p99Ms: at(0.99),
    p999Ms: at(0.999),
    maxMs: at(1),
  }
}
