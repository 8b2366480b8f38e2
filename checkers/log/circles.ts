/**
 * Circular information flow (Adya's G1c) of transactions over a log: each polled what the next had sent, and the last what the
 * first had sent. Whoever reads only what is committed began to commit after the one it read from had, so there is no such circle.
 *
 * Orders of writes are left out, as Jepsen's Kafka workload leaves them out: Kafka does not keep the sends of transactions apart.
 */
import type {Operation} from '../../core/op.ts'
import {type ValueKey, valueKey} from '../../core/value.ts'
import type {Anomaly} from '../../core/verdict.ts'
import {componentsOf} from '../elle/components.ts'
import {type Graph, graphOf} from '../elle/graph.ts'
import {witnessOf} from '../findings/finding.ts'
import type {KeyLayout} from './layout.ts'
import type {Records} from './records.ts'

/** One circle of each knot of transactions that polled from each other. */
export function* circles(records: Records, layouts: ReadonlyMap<ValueKey, KeyLayout>): Iterable<Anomaly> {
  const sent = new Set(records.sends.map(({operation}) => operation))
  const both = [...new Set(records.polls.map(({operation}) => operation))].filter((one) => sent.has(one))
  if (both.length < 2) return
  const graph = flowOf(both, records, layouts)
  const {count, of} = componentsOf(graph)
  const sizes = new Int32Array(count)
  for (const component of of) sizes[component]!++
  const told = new Set<number>()
  for (let node = 0; node < graph.nodes; node++) {
    const component = of[node] as number
    if ((sizes[component] as number) < 2 || told.has(component)) continue
    told.add(component)
    yield reported(shortest(graph, node).map((member) => both[member] as Operation))
  }
}

/** From who sent to who polled. */
function flowOf(both: readonly Operation[], records: Records, layouts: ReadonlyMap<ValueKey, KeyLayout>): Graph {
  const numbers = new Map(both.map((operation, number) => [operation, number]))
  const from: number[] = []
  const to: number[] = []
  for (const {key, records: polled, operation} of records.polls) {
    const reader = numbers.get(operation)
    if (reader === undefined) continue
    for (const {value} of polled) {
      // Sent once: else nobody knows whose it is.
      const [send, ...others] = layouts.get(key)?.sends.get(valueKey(value)) ?? []
      const sender = send === undefined || others.length > 0 ? undefined : numbers.get(send.operation)
      if (sender === undefined || sender === reader) continue
      from.push(sender)
      to.push(reader)
    }
  }
  return graphOf(both.length, from.length, from, to, new Uint8Array(from.length).fill(1))
}

/** The shortest way from a node, which is on a circle, back to itself. */
function shortest({start, to}: Graph, node: number): number[] {
  const cameFrom = new Map<number, number>()
  const queue = [node]
  for (const here of queue) {
    for (let i = start[here] as number; i < (start[here + 1] as number); i++) {
      const next = to[i] as number
      if (next === node) {
        const circle = [here]
        for (let at = here; at !== node; ) circle.push((at = cameFrom.get(at) as number))
        return [node, ...circle.slice(0, -1)]
      }
      if (cameFrom.has(next)) continue
      cameFrom.set(next, here)
      queue.push(next)
    }
  }
  return [node]
}

/** Transactions, each of which polled what the one after it sent, and the last what the first sent. */
function reported(circle: readonly Operation[]): Anomaly {
  const name = ({process, invoke}: Operation) => `process ${process}'s transaction #${invoke.index}`
  const steps = circle.map(
    (reader, i) => `${name(reader)} polled what ${name(circle[(i + 1) % circle.length] as Operation)} sent`,
  )
  return {
    type: 'G1c',
    sentence: `${capital(steps.join(', and '))}: none of them can have been committed before it was read.`,
    witness: witnessOf(...circle),
    why: steps.map(capital),
  }
}

function capital(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}`
}
