import {expect, test} from 'vitest'
import {linksFrom} from './faults.ts'

const links = (description: string) => linksFrom(description).map(({from, to}) => `${from}>${to}`)

test.each([
  ['{n1 n2} | {n3}', ['n1>n3', 'n2>n3', 'n3>n1', 'n3>n2']],
  ['{n1, n2} | {n3}', ['n1>n3', 'n2>n3', 'n3>n1', 'n3>n2']],
  ['{n1} → {n2 n3}', ['n1>n2', 'n1>n3']],
  ['n2 → n4 latency 80 ms', ['n2>n4']],
  ['kill n3 (leader)', []],
  ['', []],
])('%s', (description, expected) => expect(links(description)).toEqual(expected))
