/**
 * Histories to measure linearizability checkers with: a really atomic register or key-value store under concurrent
 * clients, in virtual time, with a chosen number of pending operations and, if asked, one violation. The kinds of
 * violation go from what a cheap look at single reads finds to what only a search can see.
 */
import type {Op} from '../core/op.ts'
import {createRandom, type Random} from '../core/random.ts'

/**
 * - `stale`: a read answers a value that was certainly overwritten.
 * - `phantom`: a read answers a value that nobody wrote.
 * - `invert`: while a write is open, one read sees it and a later one does not.
 * - `chain`: a value is written once, and two concurrent compare-and-sets both replace it. No single read is wrong.
 * - `flicker`: while one write of a value is open, reads see that value, another, and that value again.
 * - `rush`: reads of two common values alternate more often than there are open writes to explain it.
 */
export type Violation = 'stale' | 'phantom' | 'invert' | 'chain' | 'flicker' | 'rush'

export interface RegisterShape {
  readonly seed: string
  readonly operations: number
  readonly clients: number
  /** How many values are written; 0 for a new one each time. */
  readonly values: number
  /** Operations that stay pending. */
  readonly pending?: number
  readonly violation?: Violation
}

interface Planned {
  readonly process: number
  readonly f: 'read' | 'write' | 'cas'
  input: unknown
  output: unknown
  type: 'ok' | 'fail' | 'info'
  readonly start: number
  /** When it takes effect; Infinity for never. */
  readonly effect: number
  end: number
}

/** The violation is put where this share of the history has passed. */
const PLACE = 0.9

/** One register: reads 50 %, writes 30 %, compare-and-sets 20 %. */
export function registerHistory(shape: RegisterShape): Op[] {
  const random = createRandom(
    `${shape.seed}/${shape.operations}/${shape.clients}/${shape.values}/${shape.pending ?? 0}`,
  )
  const planned = plan(shape, random)
  answer(planned, shape, random)
  const all = shape.violation === undefined ? planned : [...planned, ...violate(planned, shape, shape.violation)]
  return record(all)
}

function plan({operations, clients, pending = 0}: RegisterShape, random: Random): Planned[] {
  const planned: Planned[] = []
  const busyUntil = new Float64Array(clients)
  const process = Int32Array.from({length: clients}, (_, c) => c)
  let nextProcess = clients
  const everyPending = pending === 0 ? Number.POSITIVE_INFINITY : operations / (pending + 1)
  let crashed = 0
  for (let i = 0; i < operations; i++) {
    let client = 0
    for (let c = 1; c < clients; c++) if (busyUntil[c]! < busyUntil[client]!) client = c
    const start = busyUntil[client]! + random.exponential(0.1)
    const draw = random.next()
    const f = draw < 0.5 ? 'read' : draw < 0.8 ? 'write' : 'cas'
    const crashes = f !== 'read' && crashed < pending && i >= (crashed + 1) * everyPending - 1
    const length = random.exponential(1)
    const end = crashes ? Number.POSITIVE_INFINITY : start + length
    const effect = !crashes ? start + length * random.next() : random.chance(0.5) ? start + 5 * length : end
    planned.push({process: process[client]!, f, input: null, output: null, type: 'ok', start, effect, end})
    busyUntil[client] = start + length
    if (crashes) {
      crashed++
      process[client] = nextProcess++
    }
  }
  return planned
}

/** Runs the operations against one register, in the order of their effects. */
function answer(planned: readonly Planned[], {values}: RegisterShape, random: Random): void {
  const order = planned.slice().sort((left, right) => left.effect - right.effect)
  let state: number | null = null
  let counter = 0
  const fresh = () => (values === 0 ? ++counter : 1 + random.int(values))
  for (const one of order) {
    const happens = one.effect !== Number.POSITIVE_INFINITY
    const pending = one.end === Number.POSITIVE_INFINITY
    one.type = pending ? 'info' : 'ok'
    if (one.f === 'read') one.output = state
    else if (one.f === 'write') {
      one.input = one.output = fresh()
      if (happens) state = one.input as number
    } else {
      const from: number | null =
        values === 0 && random.chance(0.2) ? Math.max(1, counter - random.int(5)) : values === 0 ? state : fresh()
      const to = fresh()
      one.input = one.output = [from, to]
      if (!happens) continue
      if (from === state) state = to
      else if (!pending) one.type = 'fail'
    }
  }
}

function violate(planned: Planned[], shape: RegisterShape, kind: Violation): Planned[] {
  const reads = planned.filter((one) => one.f === 'read' && one.type === 'ok' && typeof one.output === 'number')
  const victim = reads[Math.floor(reads.length * PLACE)]!
  const process = 1_000_000
  const make = (offset: number, f: Planned['f'], value: unknown, start: number, end: number): Planned => ({
    process: process + offset,
    f,
    input: f === 'read' ? null : value,
    output: value,
    type: 'ok',
    start,
    effect: start,
    end,
  })
  const at = victim.start
  const special = 7_000_001
  switch (kind) {
    case 'phantom':
      victim.output = special
      return []
    case 'stale': {
      // A value of its own, then another, both acknowledged, then the first again.
      return [
        make(0, 'write', special, at, at + 1e-6),
        make(0, 'write', shape.values === 0 ? special + 1 : 1, at + 2e-6, at + 3e-6),
        make(0, 'read', special, at + 4e-6, at + 5e-6),
      ]
    }
    case 'invert':
      return [
        make(0, 'write', special, at, at + 3),
        make(1, 'read', special, at + 1e-6, at + 2e-6),
        make(1, 'read', victimValueBefore(planned, at), at + 3e-6, at + 4e-6),
        make(1, 'read', special, at + 5e-6, at + 6e-6),
      ]
    case 'chain':
      return [
        make(0, 'write', special, at, at + 2),
        make(1, 'cas', [special, shape.values === 0 ? special + 1 : 1], at + 0.5, at + 3),
        make(2, 'cas', [special, shape.values === 0 ? special + 2 : 2], at + 0.7, at + 3),
      ]
    case 'flicker': {
      const other = victimValueBefore(planned, at)
      return [
        make(0, 'write', special, at, at + 3),
        make(1, 'read', special, at + 1e-6, at + 2e-6),
        make(1, 'read', other, at + 3e-6, at + 4e-6),
        make(1, 'read', special, at + 5e-6, at + 6e-6),
      ]
    }
    case 'rush': {
      const times = 2 * (shape.clients + (shape.pending ?? 0)) + 4
      const common = shape.values === 0 ? [victimValueBefore(planned, at), special] : [1, 2]
      const writes = shape.values === 0 ? [make(1, 'write', special, at - 1, at + 3)] : []
      return [
        ...writes,
        ...Array.from({length: times}, (_, i) => make(0, 'read', common[i % 2], at + i * 1e-6, at + (i + 0.5) * 1e-6)),
      ]
    }
  }
}

/** What the register held at this moment. */
function victimValueBefore(planned: readonly Planned[], at: number): unknown {
  let latest = Number.NEGATIVE_INFINITY
  let value: unknown = null
  for (const one of planned) {
    if (one.type !== 'ok' || one.effect > at || one.effect <= latest) continue
    latest = one.effect
    value = one.f === 'cas' ? (one.input as [unknown, unknown])[1] : one.output
  }
  return value
}

/** Turns planned operations into events, in the order of time. */
function record(planned: readonly Planned[], keyOf?: (one: Planned) => string): Op[] {
  const times = new Float64Array(2 * planned.length)
  const order = new Uint32Array(2 * planned.length)
  planned.forEach((one, i) => {
    times[2 * i] = one.start
    times[2 * i + 1] = one.end
    order[2 * i] = 2 * i
    order[2 * i + 1] = 2 * i + 1
  })
  order.sort((left, right) => times[left]! - times[right]! || left - right)
  const ops: Op[] = []
  for (const event of order) {
    const one = planned[event >> 1]!
    const returns = (event & 1) === 1
    if (returns && one.end === Number.POSITIVE_INFINITY) continue
    ops.push({
      index: ops.length,
      timeNs: Math.round(times[event]! * 1e6),
      type: returns ? one.type : 'invoke',
      process: one.process,
      f: one.f,
      ...(keyOf === undefined ? {} : {key: keyOf(one)}),
      value: returns ? one.output : one.input,
    })
  }
  return ops
}

export interface StoreShape extends RegisterShape {
  readonly keys: number
}

/** Many registers under one set of clients: each operation is on a random key. */
export function storeHistory(shape: StoreShape): Op[] {
  const random = createRandom(`${shape.seed}/store/${shape.keys}/${shape.operations}/${shape.clients}`)
  const planned = plan(shape, random)
  const byKey = new Map<string, Planned[]>()
  const keyOf = new Map<Planned, string>()
  for (const one of planned) {
    const key = `k${random.int(shape.keys)}`
    keyOf.set(one, key)
    const list = byKey.get(key)
    if (list === undefined) byKey.set(key, [one])
    else list.push(one)
  }
  let first = true
  const extra: Planned[] = []
  for (const [key, list] of byKey) {
    answer(list, shape, random)
    if (first && shape.violation !== undefined) {
      for (const one of violate(list, shape, shape.violation)) {
        keyOf.set(one, key)
        extra.push(one)
      }
    }
    first = false
  }
  return record([...planned, ...extra], (one) => keyOf.get(one)!)
}

/** What `opStream` makes. The last four are left out for what never happens. */
export interface StreamShape {
  readonly seed: string
  readonly operations: number
  readonly clients: number
  /** Keys in use at a time. */
  readonly keys: number
  readonly values: number
  /** One update in so many is never heard of again. */
  readonly pendingEvery?: number
  /** One operation in so many stays open while `hang` others end. */
  readonly hangEvery?: number
  readonly hang?: number
  /** A key is replaced by a new one after so many operations. */
  readonly share?: number
}

interface StreamClient {
  process: number
  phase: 'idle' | 'asked' | 'done'
  f: 'read' | 'write' | 'cas'
  slot: number
  key: string
  input: unknown
  output: unknown
  outcome: 'ok' | 'fail' | 'info'
  wakeAt: number
}

/** A store's history that is never in memory as a whole: ops in batches, each key really atomic. */
export function* opStream(shape: StreamShape): Generator<Op[]> {
  const {values, operations, pendingEvery = 0, hangEvery = 0, hang = 0, share = Number.POSITIVE_INFINITY} = shape
  const random = createRandom(`${shape.seed}/stream`)
  const state = new Map<string, number | null>()
  const names = Array.from({length: shape.keys}, (_, slot) => `x${slot}`)
  const used = new Array<number>(shape.keys).fill(0)
  let named = shape.keys
  let processes = shape.clients
  const clients = Array.from({length: shape.clients}, (_, process): StreamClient => {
    const nothing = {slot: 0, key: '', input: null, output: null, outcome: 'ok' as const, wakeAt: 0}
    return {process, phase: 'idle', f: 'read', ...nothing}
  })
  let counter = 0
  const fresh = () => (values === 0 ? ++counter : 1 + random.int(values))
  const oneIn = (every: number) => every > 0 && random.int(every) === 0
  /** Updates that nobody has heard of and that still take effect, each at its time. */
  const late: {readonly at: number; readonly client: StreamClient}[] = []
  let started = 0
  let finished = 0
  let index = 0
  let batch: Op[] = []

  function takeEffect(client: StreamClient): void {
    const held = state.get(client.key) ?? null
    client.output = client.input
    if (client.f === 'read') client.output = held
    else if (client.f === 'write') state.set(client.key, client.input as number)
    else {
      const [from, to] = client.input as [number, number]
      if (from === held) state.set(client.key, to)
      else if (client.outcome === 'ok') client.outcome = 'fail'
    }
  }

  function ask(client: StreamClient): void {
    started++
    const draw = random.next()
    client.f = draw < 0.5 ? 'read' : draw < 0.8 ? 'write' : 'cas'
    client.slot = random.int(names.length)
    client.key = names[client.slot]!
    if (++used[client.slot]! >= share) {
      names[client.slot] = `x${named++}`
      used[client.slot] = 0
    }
    client.input = client.f === 'read' ? null : client.f === 'write' ? fresh() : [state.get(client.key) ?? 0, fresh()]
    client.phase = 'asked'
    if (oneIn(hangEvery)) client.wakeAt = finished + hang
  }

  while (finished < operations) {
    while (late.length > 0 && late[0]!.at <= finished) takeEffect(late.shift()!.client)
    const client = clients[random.int(clients.length)]!
    // Nobody sleeps once all have asked.
    if (client.wakeAt > finished && started < operations) continue
    const asks = client.phase === 'idle'
    if (asks) {
      if (started >= operations) continue
      ask(client)
    } else if (client.phase === 'asked') {
      client.outcome = client.f !== 'read' && oneIn(pendingEvery) ? 'info' : 'ok'
      // Of those that are never heard of, a third happens now, a third later, and a third not at all.
      const fate = client.outcome === 'ok' ? 0 : random.int(3)
      if (fate === 0) takeEffect(client)
      else if (fate === 1) late.push({at: finished + 500, client: {...client}})
      client.phase = 'done'
      continue
    } else {
      finished++
      client.phase = 'idle'
    }
    batch.push({
      index: index++,
      timeNs: index * 1000,
      type: asks ? 'invoke' : client.outcome,
      process: client.process,
      f: client.f,
      key: client.key,
      value: asks || client.outcome === 'info' ? client.input : client.output,
    })
    if (!asks && client.outcome === 'info') client.process = processes++
    if (batch.length === 20_000) {
      yield batch
      batch = []
    }
  }
  yield batch
}
