/**
 * CAP cards say what the designs say of themselves (docs/cap.md), and change when a design is broken by a named bug. Two kinds
 * of partition are enough for that: one that splits the nodes, one that isolates the leader.
 */
import {readFileSync} from 'node:fs'
import {join} from 'node:path'
import {expect, test} from 'vitest'
import {requestsFor} from '../cli/commands/cap/variants.ts'
import {lookUp} from '../core/registry.ts'
import type {Card} from '../runner/cap/card.ts'
import {simulatedLaboratory} from '../runner/cap/laboratories.ts'
import {measure} from '../runner/cap/measure.ts'
import {DESIGNS} from '../scripts/cap-designs.ts'
import {TARGETS} from '../targets/index.ts'
import {ROOT} from './sources.ts'

const TIMEOUT_MS = 120_000

async function card(name: string, bug: readonly string[] = []): Promise<Card> {
  const flags = {real: false, seed: 'test', bug, partition: ['halves', 'isolated']}
  const [request] = await requestsFor([name], flags, async (target) => lookUp('target', TARGETS, target))
  return measure(request!, simulatedLaboratory, () => {})
}

test.each(DESIGNS.map((design) => [design.name, design] as const))(
  '%s is what its design says',
  async (name, {cap}) => {
    const measured = await card(name)
    expect(measured.rows.every(({cut}) => cut.verified)).toBe(true)
    expect(measured.label.cap).toBe(cap)
    // The page shows what was measured then: the same words.
    expect(readFileSync(join(ROOT, 'docs/cap.md'), 'utf8')).toContain(`### ${name}: ${cap}`)
  },
  TIMEOUT_MS,
)

test(
  'where one side of a split is right, the other is not served',
  async () => {
    const {rows} = await card('raft')
    const halves = rows.find(({partition}) => partition === 'halves')!
    expect(halves.cut.cutOff.writes.ok).toBe(0)
    expect(halves.cut.cutOff.reads.ok).toBe(0)
    expect(halves.cut.rest.writes.ok).toBeGreaterThan(100)
    expect(halves.losses!.acknowledged).toBeGreaterThan(500)
  },
  TIMEOUT_MS,
)

test(
  'distance costs consistent targets, and no others',
  async () => {
    expect((await card('raft')).label.pacelc).toBe('PC/EC')
    expect((await card('gossip')).label.pacelc).toBe('PA/EL')
  },
  TIMEOUT_MS,
)

test(
  'bugs show on the card',
  async () => {
    expect((await card('raft', ['stale-read'])).label.models).not.toContain('linearizable')
    const lossy = await card('raft', ['ack-before-quorum'])
    expect(lossy.label.lost).toBeGreaterThan(0)
    expect(lossy.label.cap).not.toBe('CP')
  },
  TIMEOUT_MS,
)
