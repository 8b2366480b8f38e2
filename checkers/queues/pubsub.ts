/**
 * Publish/subscribe: every subscriber is given every message that is published while it is subscribed.
 *
 *     0                   |publish 1|  |publish 2|
 *     1  |subscribe|                               |receive! [2]|     1 was acknowledged, and the subscriber never got it
 *
 * Definition. `subscribe` to a topic (the key), `publish` a unique message to one, `receive` what came since the last time:
 * `{topic: [message, …]}`, or a list where it has a key. For each process that subscribed: *lost-message*, one whose publish
 * was acknowledged, had been invoked after the subscription was acknowledged and had returned before a *final* receive of
 * that process was invoked, and which it never got; *unexpected-message*, one that nobody (had) published, or of a topic that
 * the process had not subscribed to; *duplicate-message*, one that it was given twice; *reordered-message*, two of one
 * publisher, given in the opposite of the order in which they were published. Throws UsageError where a topic repeats a
 * message.
 *
 * Proves: the facts. Cannot see: what a process got that ended with an unknown outcome; losses are judged only for processes
 * that received to the end (a final receive) and learned the outcome of every receive. The definition of reliable FIFO broadcast (Hadzilacos & Toueg 1994), for subscribers.
 */

import type {Checker} from '../../core/checker.ts'
import {UsageError} from '../../core/error.ts'
import {MapKeys} from '../../core/format/map-keys.ts'
import type {History} from '../../core/history.ts'
import type {Operation} from '../../core/op.ts'
import {counted} from '../../core/quantities.ts'
import {elementsOf, isMap, showValue, type ValueKey, valueKey} from '../../core/value.ts'
import type {Anomaly} from '../../core/verdict.ts'
import {endIndex, verdictOf, witnessOf} from '../findings/finding.ts'
import {wrongAnswer} from '../findings/wrong-shape.ts'

export interface PubsubOptions {
  /** Anomalies that the target does not promise to avoid; they are counted and no violation. */
  readonly allowed?: readonly string[]
}

export function pubsub(options: PubsubOptions = {}): Checker {
  const allowed = new Set(options.allowed ?? [])
  return {
    name: 'pubsub',
    description: 'every subscriber is given every message once, in the order of its publisher',
    check(history) {
      const published = publishesOf(history)
      const topics = new MapKeys()
      for (const {key} of history.operations) if (key !== undefined) topics.know(key)
      const found: Anomaly[] = []
      let subscriptions = 0
      let delivered = 0
      let judged = 0
      for (const operations of history.byProcess().values()) {
        const inboxes = inboxesOf([...operations], found, topics)
        for (const [topic, inbox] of inboxes) {
          const messages = published.get(topic) ?? new Map<ValueKey, Operation>()
          if (inbox.subscribe !== undefined) subscriptions++
          if (inbox.final !== undefined) judged++
          delivered += inbox.deliveries.length
          for (const anomaly of [...misdelivered(inbox, messages), ...lost(inbox, messages)]) {
            found.push(anomaly)
          }
        }
      }
      return verdictOf({
        checker: 'pubsub',
        property: 'messages reach all subscribers',
        kind: 'safety',
        summary: `${counted(subscriptions, 'subscription')}, ${counted(delivered, 'delivery')}`,
        anomalies: found.filter(({type}) => !allowed.has(type)),
        reason:
          subscriptions === 0
            ? 'Nobody subscribed.'
            : delivered === 0
              ? 'No message was delivered.'
              : judged === 0
                ? 'No subscriber received to the end.'
                : undefined,
        measures: {subscriptions, delivered, tolerated: found.filter(({type}) => allowed.has(type)).length},
      })
    },
  }
}

/** Publishes of each topic by message; those that failed for certain are among them. */
function publishesOf(history: History): Map<ValueKey, Map<ValueKey, Operation>> {
  const topics = new Map<ValueKey, Map<ValueKey, Operation>>()
  for (const operation of history.operations) {
    if (operation.f !== 'publish') continue
    const topic = valueKey(operation.key ?? null)
    const messages = topics.get(topic) ?? new Map<ValueKey, Operation>()
    topics.set(topic, messages)
    if (messages.has(valueKey(operation.input))) {
      throw new UsageError(`${showValue(operation.input)} is published twice to ${showValue(operation.key)}`, [
        'Messages of a topic must be unique, or nobody can tell which one was delivered.',
      ])
    }
    messages.set(valueKey(operation.input), operation)
  }
  return topics
}

/** What one process was given of one topic. */
interface Inbox {
  /** The topic, for sentences. */
  readonly name: string
  /** Its first subscription that was acknowledged, or may have been made. */
  subscribe: Operation | undefined
  /** In the order in which they were given. */
  readonly deliveries: {readonly value: unknown; readonly by: Operation}[]
  /** Its last final receive. */
  final: Operation | undefined
  /** Whether something may have been given to it that the record does not tell. */
  unheard: boolean
}

function inboxesOf(operations: readonly Operation[], found: Anomaly[], topics: MapKeys): Map<ValueKey, Inbox> {
  const inboxes = new Map<ValueKey, Inbox>()
  const of = (topic: unknown): Inbox => {
    const inbox = inboxes.get(valueKey(topic)) ?? {
      name: showValue(topic),
      subscribe: undefined,
      deliveries: [],
      final: undefined,
      unheard: false,
    }
    inboxes.set(valueKey(topic), inbox)
    return inbox
  }
  for (const operation of operations) {
    const {f, outcome, key, output} = operation
    if (f === 'subscribe' && outcome !== 'fail') of(key ?? null).subscribe ??= operation
    if (f === 'receive' && outcome === 'info') {
      for (const inbox of key === undefined ? inboxes.values() : [of(key)]) inbox.unheard = true
    }
    if (f !== 'receive' || outcome !== 'ok') continue
    const batches = key === undefined ? batchesOf(output, topics) : [[key, elementsOf(output)] as const]
    if (batches === undefined || batches.some(([, values]) => values === undefined)) {
      found.push(wrongAnswer(operation, key === undefined ? 'lists of messages by topic' : 'a list of messages'))
      continue
    }
    for (const [topic, values] of batches) {
      for (const value of values ?? []) of(topic).deliveries.push({value, by: operation})
    }
    if (!operation.final) continue
    if (key !== undefined) of(key).final = operation
    else for (const inbox of inboxes.values()) inbox.final = operation
  }
  return inboxes
}

function batchesOf(
  output: unknown,
  topics: MapKeys,
): (readonly [unknown, readonly unknown[] | undefined])[] | undefined {
  if (output === null || output === undefined) return []
  if (!isMap(output)) return undefined
  return topics.entriesOf(output).map(([topic, values]) => [topic, elementsOf(values)])
}

function* misdelivered(
  {name, subscribe, deliveries}: Inbox,
  messages: ReadonlyMap<ValueKey, Operation>,
): Iterable<Anomaly> {
  const seen = new Map<ValueKey, Operation>()
  /** The latest publish of each publisher that was given. */
  const latest = new Map<unknown, Operation>()
  for (const {value, by} of deliveries) {
    const publish = messages.get(valueKey(value))
    const given = `Process ${by.process} was given ${showValue(value)} of ${name}`
    if (subscribe === undefined || subscribe.invoke.index > by.invoke.index) {
      yield reported('unexpected-message', `${given}, to which it had not subscribed.`, publish, by)
      if (publish === undefined || publish.outcome === 'fail') continue
    } else if (publish === undefined || publish.outcome === 'fail') {
      yield reported(
        'unexpected-message',
        `${given}, ${publish === undefined ? 'which nobody published' : 'whose publish had failed'}.`,
        publish,
        by,
      )
      continue
    } else if (publish.invoke.index > endIndex(by)) {
      yield reported('unexpected-message', `${given} before anybody published it.`, publish, by)
    }
    const before = seen.get(valueKey(value))
    if (before !== undefined) {
      yield reported('duplicate-message', `${given} twice.`, publish, before, by)
      continue
    }
    seen.set(valueKey(value), by)
    const last = latest.get(publish.process)
    if (last !== undefined && last.invoke.index > publish.invoke.index) {
      const sentence = `${given} after ${showValue(last.input)}, which its publisher had published later.`
      yield reported('reordered-message', sentence, publish, last, by)
    } else latest.set(publish.process, publish)
  }
}

function* lost(inbox: Inbox, messages: ReadonlyMap<ValueKey, Operation>): Iterable<Anomaly> {
  const {subscribe, deliveries, final, unheard} = inbox
  if (subscribe === undefined || subscribe.outcome !== 'ok' || final === undefined || unheard) return
  const given = new Set(deliveries.map(({value}) => valueKey(value)))
  for (const [id, publish] of messages) {
    if (given.has(id) || publish.outcome !== 'ok') continue
    if (publish.invoke.index < endIndex(subscribe) || endIndex(publish) > final.invoke.index) continue
    const sentence = `${showValue(publish.input)} was published to ${inbox.name} and acknowledged while process ${final.process} was subscribed, but it was never given to it.`
    yield reported('lost-message', sentence, subscribe, publish, final)
  }
}

function reported(type: string, sentence: string, ...operations: readonly (Operation | undefined)[]): Anomaly {
  return {type, sentence, witness: witnessOf(...operations)}
}
