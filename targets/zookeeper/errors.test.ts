/** What ZooKeeper says of a request that failed: only what the order of transactions has as an error did not take place. */
import {expect, test} from 'vitest'
import {ZooKeeperError} from './errors.ts'

test.each([
  [-101, 'noNode', true],
  [-103, 'badVersion', true],
  [-110, 'nodeExists', true],
  [-111, 'notEmpty', true],
  [-114, 'invalidAcl', true],
  [-8, 'badArguments', true],
  [-127, 'throttledOp', true],
  [-5, 'marshallingError', false],
  [-4, 'connectionLoss', false],
  [-7, 'operationTimeout', false],
  [-112, 'sessionExpired', false],
  [-118, 'sessionMoved', false],
  [-122, 'requestTimeout', false],
  [-9999, 'error -9999', false],
])('%i is %s: definite is %s', (code, name, definite) => {
  const error = new ZooKeeperError(code)
  expect(error.message).toBe(name)
  expect(error.definite).toBe(definite)
})
