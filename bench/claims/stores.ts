/** Claims about stores: C, A and P, consistent hashing, failover of Redis. */
import {mkdtempSync, rmSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {nameOf, requestsFor} from '../../cli/commands/cap/variants.ts'
import {lookUp} from '../../core/registry.ts'
import type {Target} from '../../core/target.ts'
import {lostAdds} from '../../runner/cap/figures.ts'
import {simulatedLaboratory} from '../../runner/cap/laboratories.ts'
import {measure} from '../../runner/cap/measure.ts'
import {nodeNames} from '../../runner/options.ts'
import {run} from '../../runner/run.ts'
import {resolveRun} from '../../runner/settings/resolve.ts'
import {layerOf} from '../../runner/settings/run-settings.ts'
import {Ring} from '../../targets/dynamo/ring.ts'
import {SETTINGS} from '../../targets/dynamo/settings.ts'
import {TARGETS} from '../../targets/index.ts'
import {type Claim, NotHere, percent} from './claim.ts'

const KEYS = 20_000
const RUNS = 3

/** How many keys have another first owner once a node has joined. */
function moved(members: number, modulo: boolean): number {
  const names = nodeNames(members + 1)
  const [before, after] = [names.slice(0, -1), names].map((all) => new Ring(all, SETTINGS.virtualNodes, {modulo}))
  let count = 0
  for (let i = 0; i < KEYS; i++) if (before!.walk(`x${i}`)[0] !== after!.walk(`x${i}`)[0]) count++
  return count / KEYS
}

/** How many keys of those who stay have another first owner once a node has left. */
function disturbed(members: number, modulo: boolean): number {
  const names = nodeNames(members)
  const [before, after] = [names, names.slice(0, -1)].map((all) => new Ring(all, SETTINGS.virtualNodes, {modulo}))
  let count = 0
  for (let i = 0; i < KEYS; i++) {
    const owner = before!.walk(`x${i}`)[0]
    if (owner !== names.at(-1) && owner !== after!.walk(`x${i}`)[0]) count++
  }
  return count / KEYS
}

export const storeClaims: readonly Claim[] = [
  {
    claim: 'Of consistency, availability and partition tolerance one can have only two',
    said: 'the usual reading of Brewer 2000; Gilbert & Lynch 2002 prove less and say it better',
    command: 'chaos cap',
    async measure() {
      const asked = await requestsFor([], {real: false, seed: 'cap', partition: ['halves', 'isolated']}, async (name) =>
        lookUp('target', TARGETS, name),
      )
      const labels: string[] = []
      for (const request of asked) {
        const card = await measure(request, simulatedLaboratory, () => {})
        labels.push(`${nameOf(card)} ${card.label.cap}`)
      }
      const both = labels.filter((label) => label.endsWith(' CA')).length
      return {
        verdict: 'true while the network is partitioned, and only then',
        measured: `of ${labels.length} designs under halves and an isolated node, ${both} stayed consistent and available: ${labels.join(', ')}. A partition is not chosen; between partitions each has both, at the latency that docs/cap.md shows`,
      }
    },
  },
  {
    claim: 'Consistent hashing keeps keys where they are when a node joins',
    said: 'every introduction to distributed caches and to Dynamo',
    command: 'chaos sim dynamo --nemesis membership; chaos sim dynamo --bug ring-rebuild',
    async measure() {
      const rows = [3, 5, 9].map(
        (members) =>
          `${members} to ${members + 1} nodes: ${percent(moved(members, false))} (1/N is ${percent(1 / (members + 1))}; modulo ${percent(moved(members, true))})`,
      )
      return {
        verdict: 'true of all but about 1/N of them',
        measured: `keys of ${KEYS} whose first owner changed, with ${SETTINGS.virtualNodes} points a node. ${rows.join('; ')}. When one of 5 leaves, keys of the others that change hands: ${percent(disturbed(5, false))} (modulo ${percent(disturbed(5, true))})`,
      }
    },
  },
  {
    claim: 'Redis loses nothing on failover',
    said: 'expected of Sentinel and Redis Cluster; the documentation of both says otherwise',
    command: 'chaos run redis --bug asynchronous-replication',
    async measure() {
      const redis = TARGETS['redis']!
      if (redis.absent?.() !== undefined) throw new NotHere(redis.absent())
      // Nothing is removed, so that what is gone is lost.
      const adding: Target = {...redis, functions: redis.functions.filter((f) => f !== 'remove')}
      const directory = mkdtempSync(join(tmpdir(), 'chaos-claims-'))
      const rows: string[] = []
      try {
        for (let i = 0; i < RUNS; i++) {
          const options = await resolveRun({
            layers: [layerOf('claim', {target: 'redis', seed: `claim-${i}`, output: directory})],
            bugs: ['asynchronous-replication'],
            targetArgs: [],
            thresholds: [],
            freshSeed: 'claim',
            findTarget: async () => adding,
          })
          const {history} = await run(options, {}, new AbortController().signal)
          const {lost, acknowledged} = lostAdds(history)
          rows.push(`${lost} of ${acknowledged}`)
        }
      } finally {
        rmSync(directory, {recursive: true, force: true})
      }
      return {
        verdict: 'false',
        measured: `real Redis with Sentinel, its primary cut off twice: acknowledged additions that were gone in the end, in ${RUNS} runs: ${rows.join('; ')}`,
      }
    },
  },
]
