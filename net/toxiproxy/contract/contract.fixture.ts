/**
 * What a Toxiproxy server must do, API and bytes, as one suite for every implementation: `contract.test.ts` runs it on
 * ours always and on the real one where there is one. Each expectation was observed on the real server (2.12), but for
 * those of the strict mode, which it does not have.
 *
 * Times are lower bounds wherever a toxic must not act early, and generous upper bounds elsewhere: the machine is shared.
 */
import {afterAll, afterEach, beforeAll, describe} from 'vitest'
import {describeClosing} from './closing.fixture.ts'
import {describeLenientEnds} from './lenient-ends.fixture.ts'
import {describePassing} from './passing.fixture.ts'
import {describeProxies} from './proxies.fixture.ts'
import {describeRefusals} from './refusals.fixture.ts'
import {createRig, type ServerUnderTest} from './rig.fixture.ts'
import {describeShaping} from './shaping.fixture.ts'
import {describeStrictEnds} from './strict-ends.fixture.ts'
import {describeToxics} from './toxics.fixture.ts'

/** Defines the suite for one server. `strict`: it passes ends of connections on as they are (`chaos proxy --strict`). */
export function describeContract(name: string, start: () => Promise<ServerUnderTest>, strict = false): void {
  describe(`the Toxiproxy contract: ${name}`, () => {
    let server: ServerUnderTest
    const rig = createRig(() => server.url, strict)

    beforeAll(async () => {
      server = await start()
    })
    afterAll(async () => {
      await server?.close()
    })
    afterEach(() => rig.clean())

    describeProxies(rig)
    describeRefusals(rig)
    describeToxics(rig)
    describePassing(rig)
    describeShaping(rig)
    describeClosing(rig)
    if (strict) describeStrictEnds(rig)
    else describeLenientEnds(rig)
  })
}
