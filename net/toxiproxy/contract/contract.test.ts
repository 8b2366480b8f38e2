import {describe, it} from 'vitest'
import {findOnPath} from '../find-on-path.ts'
import {launchReal, launchToxiproxy} from '../launch.ts'
import {describeContract} from './contract.fixture.ts'

const options = {seed: 'contract', proxyMetrics: true}
describeContract('embedded', () => launchToxiproxy('embedded', {...options, strict: false}))
describeContract('embedded, strict', () => launchToxiproxy('embedded', {...options, strict: true}), true)

const binary = process.env['CHAOS_TOXIPROXY_SERVER'] || findOnPath('toxiproxy-server')
if (binary === undefined) {
  const why = 'there is no toxiproxy-server on PATH nor in CHAOS_TOXIPROXY_SERVER'
  console.warn(`SKIPPED: the Toxiproxy contract on the real server, because ${why}`)
  describe('the Toxiproxy contract: real', () => it.skip(`skipped: ${why}`, () => {}))
} else describeContract('real', () => launchReal(binary, options))
