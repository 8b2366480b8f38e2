import {describe, it} from 'vitest'
import {describeContract} from './contract.fixture.ts'
import {findOnPath} from './find-on-path.ts'
import {launchReal, launchToxiproxy} from './launch.ts'

describeContract('embedded', () => launchToxiproxy('embedded', {seed: 'contract', proxyMetrics: true}))

const binary = process.env['CHAOS_TOXIPROXY_SERVER'] || findOnPath('toxiproxy-server')
if (binary === undefined) {
  const why = 'there is no toxiproxy-server on PATH nor in CHAOS_TOXIPROXY_SERVER'
  console.warn(`SKIPPED: the Toxiproxy contract on the real server, because ${why}`)
  describe('the Toxiproxy contract: real', () => it.skip(`skipped: ${why}`, () => {}))
} else describeContract('real', () => launchReal(binary, {seed: 'contract', proxyMetrics: true}))
