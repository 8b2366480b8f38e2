/**
 * Failure detection: `members` asks a node whom it takes for alive.
 *
 *     n3 is killed          |─────────────────────────────►
 *     0 at n1                        |members n1 n2 n3|          ten seconds later: nobody has noticed
 *
 * Definition, after Chandra and Toueg ("Unreliable Failure Detectors", JACM 1996), with limits in place of "eventually":
 * *completeness*: who has been dead for `noticeMs`, with nothing else wrong, is in no other node's list (*undetected-death*);
 * *accuracy*: who was not out of contact with others, directly and through a third node, for `excuseMs` within the last `settleMs`
 * is in every list (*false-death*; *lost-member* in the final reads, when everybody lives).
 *
 * Proves: the limits were kept where the record says that they apply. Cannot see: messages that were lost by no fault of
 * ours; nodes that were too busy to answer.
 */

import type {Checker} from '../../core/checker.ts'
import type {History} from '../../core/history.ts'
import type {Operation} from '../../core/op.ts'
import {counted} from '../../core/quantities.ts'
import type {Anomaly} from '../../core/verdict.ts'
import {verdictOf, witnessOf} from '../findings/finding.ts'
import {wrongAnswer} from '../findings/wrong-shape.ts'
import {Contact} from './contact.ts'

export interface MembersOptions {
  /** All nodes; those that clients were connected to where absent. */
  readonly nodes?: readonly string[]
  /** A node that was out of contact for less than this must not be taken for dead, ms. */
  readonly excuseMs?: number
  /** How long after that it may still be missing, ms. */
  readonly settleMs?: number
  /** How long a death may stay unnoticed, ms. */
  readonly noticeMs?: number
}

export function members(options: MembersOptions = {}): Checker {
  const {excuseMs = 500, settleMs = 6000, noticeMs = 8000} = options
  return {
    name: 'members',
    description: 'the dead are noticed, and nobody who lives is taken for dead',
    check(history) {
      const nodes = options.nodes ?? nodesIn(history)
      const contact = new Contact(nodes, history)
      const anomalies: Anomaly[] = []
      let answers = 0
      for (const operation of history.operations) {
        if (operation.f !== 'members' || operation.outcome !== 'ok') continue
        const reader = operation.node
        const listed = operation.output
        if (reader === undefined) continue
        if (!Array.isArray(listed)) {
          anomalies.push(wrongAnswer(operation, 'a list of nodes'))
          continue
        }
        answers++
        const askedNs = operation.invoke.timeNs
        const answeredNs = operation.completion?.timeNs ?? askedNs
        for (const node of nodes) {
          if (!listed.includes(node)) {
            const fromNs = askedNs - settleMs * 1e6
            const lostMs = contact.lostMs(node, fromNs, answeredNs)
            if (lostMs > 0 && lostMs >= excuseMs) continue
            const though = excuseWords(lostMs, excuseMs, settleMs)
            anomalies.push(missing(operation, reader, node, though))
          } else if (node !== reader) {
            const sinceNs = contact.deadSince(node, reader, askedNs - noticeMs * 1e6, answeredNs)
            const forMs = sinceNs === undefined ? 0 : (askedNs - sinceNs) / 1e6
            if (forMs >= noticeMs) anomalies.push(unnoticed(operation, reader, node, forMs))
          }
        }
      }
      return verdictOf({
        checker: 'members',
        property: 'failures are detected, and nothing else is',
        kind: 'safety',
        summary: counted(answers, 'list'),
        anomalies,
        reason: answers === 0 ? 'No node was asked whom it takes for alive.' : undefined,
        measures: {lists: answers},
      })
    },
  }
}

function nodesIn({operations}: History): string[] {
  return [...new Set([...operations].flatMap(({node}) => (node === undefined ? [] : [node])))].sort()
}

/** What speaks against taking a node for dead. */
function excuseWords(lostMs: number, excuseMs: number, settleMs: number): string {
  const before = `the ${settleMs / 1000} s before`
  return lostMs === 0
    ? `no fault had parted it from anybody in ${before}`
    : `faults had parted it from others for only ${Math.ceil(lostMs)} ms of ${before}, and less than ${excuseMs} ms is no death`
}

function missing(operation: Operation, reader: string, node: string, though: string): Anomaly {
  const final = operation.final
  return {
    type: final ? 'lost-member' : 'false-death',
    sentence: final
      ? `Process ${operation.process} was told by ${reader} in the end that ${node} is dead, though everything had been undone long before.`
      : `Process ${operation.process} was told by ${reader} that ${node} is dead, though ${though}.`,
    witness: witnessOf(operation),
  }
}

function unnoticed(operation: Operation, reader: string, node: string, forMs: number): Anomaly {
  return {
    type: 'undetected-death',
    sentence: `Process ${operation.process} was told by ${reader} that ${node} lives, which had been dead for ${(forMs / 1000).toFixed(1)} s.`,
    witness: witnessOf(operation),
  }
}
