/** What etcd says about an operation that failed: only what was refused before it was proposed certainly did not happen. */
import {expect, test} from 'vitest'
import {isDefinite} from './errors.ts'

test.each([
  ['etcdserver: request timed out', false],
  ['etcdserver: request timed out, possibly due to previous leader failure', false],
  ['etcdserver: leader changed', false],
  ['etcdserver: server stopped', false],
  ['something that nobody has heard of', false],
  ['etcdserver: too many requests', true],
  ['etcdserver: request is too large', true],
  ['etcdserver: mvcc: database space exceeded', true],
  ['etcdserver: duplicate key given in txn request', true],
])('%s: definite is %s', (message, definite) => {
  expect(isDefinite(message)).toBe(definite)
})
