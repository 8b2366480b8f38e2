/** The contract of running clusters, kept by every real database that is installed here: all that can be done to it is done. */
import {afterAll, describe, expect, test} from 'vitest'
import {clusterContract} from '../../runner/testing/index.ts'
import {REAL} from '../../targets/index.ts'
import {clock, startTarget} from '../clusters/started.ts'
import {processesOf, Workplace} from '../e2e/cli.ts'

const place = new Workplace()
afterAll(() => {
  expect(processesOf(place.directory)).toEqual([])
  place.dispose()
})

for (const [name, target] of Object.entries(REAL)) {
  const absent = target.absent?.()
  const nodes = Array.from({length: target.defaultNodes}, (_, i) => `n${i + 1}`)
  const contract = clusterContract(async () => ({
    cluster: await startTarget(target, place.file(name), {}, {nodes}),
    capabilities: target.capabilities({nodes, bugs: [], args: {}}),
    clock,
  }))
  describe.skipIf(absent !== undefined)(absent === undefined ? name : `${name} (${absent})`, () => {
    for (const {name, check} of contract) test(name, check)
  })
}
