/**
 * The histories of some seeds, by their fingerprints. A change that was only to make something faster must leave them as
 * they are. One that changes what happens (a protocol, a fault, a draw) changes them, and says so in the changelog:
 *
 *     CHAOS_PIN=1 npx vitest run tests/histories.test.ts      writes tests/fixtures/histories.json anew
 */
import {createHash} from 'node:crypto'
import {readFileSync, writeFileSync} from 'node:fs'
import {expect, test} from 'vitest'
import {writeOp} from '../core/format/index.ts'
import type {Target} from '../core/target.ts'
import {parseNemeses} from '../nemesis/index.ts'
import {simulate} from '../runner/simulate.ts'
import {TARGETS} from '../targets/index.ts'
import {WORKLOADS} from '../workloads/index.ts'

const FILE = new URL('./fixtures/histories.json', import.meta.url)
const SEEDS = ['one', 'two', 'three']
const NAMES = ['raft', 'paxos', 'gossip']

/** Of what clients saw and when: faults show in that, the words of their proofs do not. */
async function fingerprint(target: Target, seed: string): Promise<string> {
  const workload = WORKLOADS[Object.keys(target.claims)[0]!]!
  const nemeses = parseNemeses('partition,kill,pause')
  const {history} = await simulate({target, workload, nemeses, seed, timeMs: 3000})
  const hash = createHash('sha256')
  for (const {index: _, ...op} of history.ops) {
    if (typeof op.process === 'number') hash.update(`${writeOp({...op, index: 0})}\n`)
  }
  return hash.digest('hex').slice(0, 16)
}

async function fingerprints(): Promise<Record<string, string>> {
  const found: Record<string, string> = {}
  for (const name of NAMES) {
    for (const seed of SEEDS) found[`${name} ${seed}`] = await fingerprint(TARGETS[name]!, seed)
  }
  return found
}

test('seeds have the histories that they had', async () => {
  const found = await fingerprints()
  if (process.env['CHAOS_PIN'] === '1') writeFileSync(FILE, `${JSON.stringify(found, null, 2)}\n`)
  expect(found).toEqual(JSON.parse(readFileSync(FILE, 'utf8')))
})

test('a seed has one history, ten times over', async () => {
  const found = new Set<string>()
  for (let i = 0; i < 10; i++) found.add(await fingerprint(TARGETS['raft']!, 'again'))
  expect(found.size).toBe(1)
})
