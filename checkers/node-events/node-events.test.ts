import {expect, test} from 'vitest'
import type {NodeEvent} from '../../core/cluster.ts'
import type {Json} from '../../core/node.ts'
import {createRandom} from '../../core/random.ts'
import {breachesIn, INVARIANTS, withoutCommonOrder} from './index.ts'

/** `n1 leader term=3` as events, a millisecond apart. */
function reported(...lines: readonly string[]): NodeEvent[] {
  return lines.map((line, i) => {
    const [node, type, ...fields] = line.split(' ') as [string, string, ...string[]]
    const values = fields.map((field) => {
      const [name, text] = field.split('=') as [string, string]
      return [name, (/^(\d+|true|false)$/.test(text) ? JSON.parse(text) : text) as Json]
    })
    return {timeNs: (i + 1) * 1e6, node, event: {type, ...(Object.fromEntries(values) as Record<string, Json>)}}
  })
}

function broken(...lines: readonly string[]): string[] {
  return breachesIn(reported(...lines), Object.keys(INVARIANTS)).map(({invariant}) => invariant)
}

test('what is judged without a common order of events does not depend on how those of different nodes are mixed', () => {
  const lines = [
    ...[
      'n1 follower term=1',
      'n1 vote term=1 to=n2 granted=true',
      'n1 commit index=9 term=1 digest=7 by=2',
      'n1 follower term=2',
    ],
    ...[
      'n2 leader term=1 lastIndex=3',
      'n2 follower term=3',
      'n2 leader term=3 lastIndex=8',
      'n2 commit index=9 term=1 digest=8 by=3',
    ],
    ...['n3 follower term=4', 'n3 leader term=1 lastIndex=9', 'n3 proposed slot=2 value=5', 'n3 follower term=4'],
  ]
  const names = withoutCommonOrder(Object.keys(INVARIANTS))
  const random = createRandom('mixed')
  const found = new Set<string>()
  for (let i = 0; i < 200; i++) {
    const queues = ['n1', 'n2', 'n3'].map((node) => lines.filter((line) => line.startsWith(node)))
    const mixed: string[] = []
    while (mixed.length < lines.length) {
      const [line] = random.pick(queues.filter((queue) => queue.length > 0)).splice(0, 1)
      mixed.push(line!)
    }
    found.add(
      broken(...mixed)
        .filter((name) => names.includes(name))
        .sort()
        .join(' '),
    )
  }
  expect([...found]).toEqual(['election-safety leader-completeness log-matching state-machine-safety terms-grow'])
})

test('election safety: one leader a term', () => {
  expect(broken('n1 leader term=1', 'n1 leader term=1', 'n2 leader term=2')).toEqual([])
  const [breach] = breachesIn(reported('n1 leader term=1', 'n2 leader term=1'), ['election-safety'])
  expect(breach!.sentence).toBe('n1 (at 0.001 s) and n2 (at 0.002 s) both lead term 1.')
  expect(breach!.events.map(({node}) => node)).toEqual(['n1', 'n2'])
})

test('a single vote: not two, and one for oneself counts', () => {
  expect(broken('n1 vote term=1 to=n2 granted=true', 'n1 vote term=1 to=n2 granted=true')).toEqual([])
  expect(broken('n1 vote term=1 to=n2 granted=true', 'n1 vote term=1 to=n3 granted=false')).toEqual([])
  expect(broken('n1 vote term=1 to=n2 granted=true', 'n1 vote term=1 to=n3 granted=true')).toEqual(['single-vote'])
  expect(broken('n1 candidate term=1', 'n1 vote term=1 to=n3 granted=true')).toEqual(['single-vote'])
  expect(broken('n1 candidate term=1 preVote=true', 'n1 vote term=1 to=n3 granted=true')).toEqual([])
})

test('terms grow, each node its own', () => {
  expect(broken('n1 follower term=2', 'n2 follower term=1', 'n1 leader term=3')).toEqual([])
  expect(broken('n1 follower term=2', 'n1 candidate term=1')).toEqual(['terms-grow'])
})

test('state machine safety: one digest an index, however it was reached', () => {
  expect(broken('n1 commit index=4 term=1 digest=7', 'n2 snapshot index=4 term=1 digest=7')).toEqual([])
  expect(broken('n1 commit index=4 term=1 digest=7', 'n2 commit index=4 term=2 digest=8')).toEqual([
    'state-machine-safety',
  ])
  expect(broken('n1 chosen slot=4 digest=a', 'n2 installed slot=4', 'n3 chosen slot=4 digest=b')).toEqual([
    'state-machine-safety',
  ])
})

test('log matching: the same last entry, the same log', () => {
  expect(broken('n1 commit index=4 term=1 digest=7', 'n2 commit index=4 term=1 digest=8')).toContain('log-matching')
})

test('leader completeness: leaders of later terms have what was committed, in whatever order one hears of it', () => {
  const commit = 'n1 commit index=9 term=1 digest=7 by=2'
  expect(broken(commit, 'n2 leader term=3 lastIndex=9')).toEqual([])
  expect(broken(commit, 'n2 leader term=2 lastIndex=8')).toEqual([])
  expect(broken(commit, 'n2 leader term=3 lastIndex=8')).toEqual(['leader-completeness'])
  expect(broken('n2 leader term=3 lastIndex=8', commit)).toEqual(['leader-completeness'])
})

test('primary order: epochs only go up along what a node delivers, but a crash may start it over', () => {
  const deliveries = ['n1 commit index=3 term=1 digest=a', 'n1 commit index=6 term=2 digest=b']
  expect(broken(...deliveries, 'n1 commit index=3 term=1 digest=a')).toEqual([])
  expect(broken(...deliveries, 'n2 commit index=7 term=1 digest=c')).toEqual([])
  expect(broken(...deliveries, 'n1 commit index=7 term=1 digest=c')).toEqual(['primary-order'])
})

test('validity: chosen is what was proposed', () => {
  expect(broken('n1 proposed slot=1 value=5', 'n2 chosen slot=1 digest=a value=5')).toEqual([])
  expect(broken('n1 proposed slot=1 value=5', 'n2 chosen slot=1 digest=a value=6')).toEqual(['validity'])
  expect(broken('n1 proposed slot=2 value=5', 'n2 chosen slot=1 digest=a value=5')).toEqual(['validity'])
})

test('mutual exclusion: a lock is given back before somebody else gets it', () => {
  const first = 'n1 acquired lock=x holder=c1'
  expect(broken(first, 'n1 released lock=x holder=c1', 'n1 acquired lock=x holder=c2')).toEqual([])
  expect(broken(first, 'n2 acquired lock=y holder=c2', 'n1 acquired lock=x holder=c1')).toEqual([])
  expect(broken(first, 'n1 released lock=x holder=c2', 'n2 acquired lock=x holder=c2')).toEqual(['mutual-exclusion'])
})

test('an invariant that there is not is refused', () => {
  expect(() => breachesIn([], ['election'])).toThrow('election')
})
