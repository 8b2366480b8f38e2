/**
 * Staleness against its definition (the read side of Golab, Li, Shah 2011), written without a look at the checker, over records
 * that follow from nothing.
 */
import {expect, it} from 'vitest'
import type {History} from '../../core/history.ts'
import type {Operation} from '../../core/op.ts'
import type {Random} from '../../core/random.ts'
import type {Verdict} from '../../core/verdict.ts'
import {anyRegisters, identity} from '../testing/any-record.fixture.ts'
import {fuzz, fuzzCount} from '../testing/fuzz.fixture.ts'
import {staleness} from './staleness.ts'

const gapNs = (draws: Random) => draws.between(1, 9) * 1_000_000
const registers = (random: Random): History =>
  anyRegisters(random, {keys: [[undefined], ['x', 'y']], most: 10, open: 0.15, gapNs})

const writtenBy = ({f, input}: Operation) => identity(f === 'cas' ? (input as unknown[])[1] : input)

/** For each read that succeeded: since when it was stale, ms, and by how many versions. */
function definition(record: History): {staleMs: number; versions: number}[] {
  const operations = [...record.operations]
  return operations
    .filter(({f, outcome}) => f === 'read' && outcome === 'ok')
    .map((read) => {
      const same = operations.filter(({key}) => key === read.key)
      const writes = same.filter(({f, outcome}) => f !== 'read' && outcome !== 'fail')
      const value = identity(read.output)
      const source = writes.find((write) => writtenBy(write) === value)
      if (source === undefined && value !== 'nil') return {staleMs: 0, versions: 0}
      const sightings = same.filter(
        ({f, outcome, output}) => f === 'read' && outcome === 'ok' && identity(output) === value,
      )
      const knownNs = source === undefined ? -1 : Math.min(source.endNs, ...sightings.map(({endNs}) => endNs))
      const later = writes.filter(({startNs, endNs}) => startNs > knownNs && endNs < read.startNs)
      const firstNs = Math.min(...later.map(({endNs}) => endNs))
      return {staleMs: later.length === 0 ? 0 : (read.startNs - firstNs) / 1e6, versions: later.length}
    })
}

it('is what its definition says', () => {
  fuzz('definition of staleness', fuzzCount(1000), registers, (record) => {
    const reads = definition(record)
    const maxMs = Math.max(0, ...reads.map(({staleMs}) => staleMs))
    const maxVersions = Math.max(0, ...reads.map(({versions}) => versions))
    const verdict = staleness({boundMs: 12, boundVersions: 2}).check(record) as Verdict
    expect(verdict.anomalies.length).toBe(reads.filter((one) => one.staleMs > 12 || one.versions > 2).length)
    if (reads.length > 0) expect(verdict.measures).toMatchObject({maxMs, maxVersions})
    else expect(verdict.validity).toBe('unknown')
    return verdict.anomalies.length === 0
  })
})
