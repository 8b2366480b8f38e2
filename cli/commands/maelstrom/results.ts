/** The figures of a run in Maelstrom's words and form (EDN), so that they can be set beside those of others. */
import {jepsenQuantile, stableLatencies} from '../../../checkers/sets/stable-latencies.ts'
import type {History} from '../../../core/history.ts'
import {type MessageCount, messagesIn} from '../../../core/messages.ts'
import type {Validity} from '../../../core/verdict.ts'

/** Workloads whose elements have stable latencies. */
const SETS = ['maelstrom-broadcast', 'g-set']
const QUANTILES = [0, 0.5, 0.95, 0.99, 1]

/** Lines of EDN: `:availability`, `:net`, `:stats`, `:workload`, `:valid?`. */
export function maelstromResults(history: History, workload: string, validity: Validity): string[] {
  const counts = countsOf(history)
  const all = together([...counts.values()])
  const invoked = history.operationCount
  const fraction = invoked === 0 ? 1 : all.ok / invoked
  const lines = [
    `:availability {:ok-fraction ${decimal(fraction)}}`,
    ...netLines(history, invoked),
    `:stats {${statsOf(all)},`,
    `        :by-f {${[...counts].map(([f, count]) => `:${f} {${statsOf(count)}}`).join(',\n               ')}}}`,
  ]
  if (SETS.includes(workload)) lines.push(...setLines(history))
  return [...lines, `:valid? ${validity === 'valid' ? true : validity === 'invalid' ? false : ':unknown'}`]
}

interface Tally {
  ok: number
  fail: number
  info: number
}

function countsOf(history: History): Map<string, Tally> {
  const counts = new Map<string, Tally>()
  for (const {f, outcome} of history.operations) {
    const count = counts.get(f) ?? {ok: 0, fail: 0, info: 0}
    count[outcome]++
    counts.set(f, count)
  }
  return new Map([...counts].sort(([left], [right]) => (left < right ? -1 : 1)))
}

function together(tallies: readonly Tally[]): Tally {
  const sum = (of: keyof Tally) => tallies.reduce((total, tally) => total + tally[of], 0)
  return {ok: sum('ok'), fail: sum('fail'), info: sum('info')}
}

function statsOf({ok, fail, info}: Tally): string {
  return `:count ${ok + fail + info}, :ok-count ${ok}, :fail-count ${fail}, :info-count ${info}`
}

function netLines(history: History, invoked: number): string[] {
  const messages = messagesIn(history.nemesisOps)
  if (messages === undefined) return []
  const count = ({sent, received}: MessageCount) => `:send-count ${sent}, :recv-count ${received}, :msg-count ${sent}`
  const perOp = ({sent}: MessageCount) => (invoked === 0 ? '' : `, :msgs-per-op ${decimal(sent / invoked)}`)
  const {all, clients, servers} = messages
  return [
    `:net {:all {${count(all)}${perOp(all)}},`,
    `      :clients {${count(clients)}},`,
    `      :servers {${count(servers)}${perOp(servers)}},`,
    `      :lost-count ${all.lost}}`,
  ]
}

function setLines(history: History): string[] {
  const {attempts, stable, stale, lost, neverRead, latenciesMs} = stableLatencies(history)
  const quantiles = QUANTILES.map((share) => `${share} ${jepsenQuantile(latenciesMs, share)}`).join(', ')
  return [
    `:workload {:attempt-count ${attempts}, :stable-count ${stable}, :stale-count ${stale}, :lost-count ${lost},`,
    `           :never-read-count ${neverRead}${stable === 0 ? '' : `,\n           :stable-latencies {${quantiles}}`}}`,
  ]
}

/** A float as Clojure prints it. */
function decimal(value: number): string {
  return Number.isInteger(value) ? `${value}.0` : String(Number(value.toPrecision(8)))
}
