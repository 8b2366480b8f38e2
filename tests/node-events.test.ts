/**
 * What nodes tell of themselves while links are cut and nodes die: each event in words, and of each design what it does about
 * it, so that a report can show more than that a link was cut.
 */
import {expect, test} from 'vitest'
import {parseNemeses} from '../nemesis/index.ts'
import {eventWords} from '../report/event-words.ts'
import {simulate} from '../runner/simulate.ts'
import {BUNDLED} from '../targets/index.ts'
import {WORKLOADS} from '../workloads/index.ts'

const WORKLOAD: Readonly<Record<string, string>> = {registry: 'lock', commit: 'bank'}

/** What at least one of a few seeds brings about. */
const TOLD: Readonly<Record<string, readonly string[]>> = {
  raft: ['leader', 'vote', 'silent', 'heard'],
  paxos: ['leader', 'vote', 'deposed'],
  zab: ['leader', 'candidate'],
  'primary-backup': ['leader', 'follower'],
  gossip: ['silent', 'heard', 'caught-up'],
  dynamo: ['ring', 'silent', 'heard', 'hint', 'handed-off'],
  commit: ['in-doubt', 'resolved', 'gave-up'],
  queue: ['controller', 'partition-leader', 'in-sync'],
  cache: ['silent', 'heard', 'undeleted', 'deleted'],
  registry: ['leader', 'lease-over'],
}

/** Sketches that are wrong by design have runs of their own (`targets/naive`). */
const SOUND = Object.entries(BUNDLED).filter(([, {flaw}]) => flaw === undefined)

test.each(SOUND)('%s', async (name, target) => {
  const told = new Map<string, string>()
  for (const seed of ['1', '2', '3']) {
    const {events} = await simulate({
      target: target as Parameters<typeof simulate>[0]['target'],
      workload: WORKLOADS[WORKLOAD[name] ?? (Object.keys(target.claims)[0] as string)]!,
      nemeses: parseNemeses(target.minNodes === undefined && target.defaultNodes === 1 ? 'kill' : 'partition,kill'),
      seed,
      nodes: target.defaultNodes,
      timeMs: 20_000,
      intervalMs: 4000,
    })
    for (const {event} of events) told.set(event.type, eventWords(event))
  }
  for (const type of TOLD[name] ?? []) expect([...told.keys()]).toContain(type)
  // Fields in brackets are what has no words.
  for (const [type, words] of told) expect(words, type).not.toMatch(/^[a-z-]+ \{/)
})
