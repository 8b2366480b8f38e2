import fc from 'fast-check'
import {describe, expect, it} from 'vitest'
import {EdnLiteral} from '../edn-literal.ts'
import type {Op} from '../op.ts'
import {CHUNK, OpStore, type ScannedOp} from './op-store.ts'

const text = fc.oneof(
  fc.string({unit: 'binary'}),
  fc.string(),
  fc.constantFrom('read', '__proto__', 'é', '\ud800', ' '.repeat(40)),
)
const number = fc.oneof(
  fc.integer(),
  fc.nat(300),
  fc.double({noNaN: true}),
  fc.constantFrom(
    0,
    -0,
    159,
    160,
    65_535,
    65_536,
    2 ** 30,
    2 ** 32 - 1,
    2 ** 32,
    2 ** 53 - 1,
    Number.POSITIVE_INFINITY,
  ),
)
const {value} = fc.letrec((tie) => ({
  value: fc.oneof(
    {depthSize: 'small', withCrossShrink: true},
    fc.constantFrom(null, undefined, true, false, Number.NaN),
    number,
    fc.bigInt(),
    text,
    fc.array(tie('value'), {maxLength: 40}),
    fc.dictionary(text, tie('value'), {maxKeys: 5}),
    fc.array(tie('value')).map((items) => new Set(items)),
    text.map((edn) => new EdnLiteral(edn)),
  ),
}))
const process = fc.oneof(fc.nat(20), fc.maxSafeNat(), text)
const key = fc.oneof(fc.nat(5), number, text)
const optional = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, {nil: undefined})

/** Ops as the readers make them: absent fields are not there at all. */
const op: fc.Arbitrary<Omit<Op, 'index'>> = fc
  .record({
    timeNs: fc.oneof(fc.nat(1e9), fc.maxSafeNat(), fc.double({noNaN: true}), fc.constant(-0)),
    type: fc.constantFrom('invoke', 'ok', 'fail', 'info'),
    process,
    f: text,
    key: optional(key),
    value,
    error: optional(value),
    node: optional(text),
    final: optional(fc.boolean()),
    extra: optional(fc.dictionary(text, value)),
  })
  .map((fields) =>
    Object.fromEntries(Object.entries(fields).filter(([name, field]) => name === 'value' || field !== undefined)),
  )
  .map((fields) => fields as unknown as Omit<Op, 'index'>)

/** Ops with ascending indices, some far apart. */
const ops = fc
  .array(
    fc.tuple(
      op,
      fc.oneof(
        fc.constant(1),
        fc.nat(1e12).map((gap) => gap + 1),
      ),
    ),
    {maxLength: 30},
  )
  .map((drafts) => {
    let index = -1
    return drafts.map(([draft, gap]): Op => ({index: (index += gap), ...draft}))
  })

/** These ops, as often as it takes to fill more than a chunk. */
function repeated(some: readonly Op[]): Op[] {
  const many: Op[] = []
  while (some.length > 0 && many.length <= CHUNK + some.length) many.push(...some)
  const last = some.at(-1)?.index ?? 0
  return many.map((one, i) => ({...one, index: one.index + Math.floor(i / some.length) * (last + 1)}))
}

function stored(some: readonly Op[]): OpStore {
  const store = new OpStore()
  store.pushAll(some)
  return store
}

describe('what comes out is what went in', () => {
  it('while the chunk is open', () => {
    fc.assert(
      fc.property(ops, (some) => {
        expect([...stored(some)]).toStrictEqual(some)
      }),
      {numRuns: 1000},
    )
  })

  it('once chunks are closed', () => {
    fc.assert(
      fc.property(ops, (some) => {
        const many = repeated(some)
        const store = stored(many)
        expect(store.length).toBe(many.length)
        many.forEach((one, i) => {
          if (i < 40 || i > many.length - 40 || i % 97 === 0) expect(store.at(i)).toStrictEqual(one)
        })
      }),
      {numRuns: 15},
    )
  })

  it('when it is scanned', () => {
    fc.assert(
      fc.property(ops, (some) => {
        const many = repeated(some)
        const shown = (one: ScannedOp) => [
          one.index,
          one.timeNs,
          one.type,
          one.process,
          one.f,
          one.key,
          one.value,
          one.error,
          one.extra,
        ]
        let position = 0
        stored(many).scan((one, at) => {
          if (at < 40 || at > many.length - 40) expect(shown(one)).toStrictEqual(shown(many[at]!))
          if (at !== position++) throw new Error(`${at} came out of turn`)
        })
        expect(position).toBe(many.length)
      }),
      {numRuns: 15},
    )
  })

  it('and an object of a class of its own is kept as it is', () => {
    const date = new Date(0)
    const one: Op = {index: 0, timeNs: 0, type: 'invoke', process: 0, f: 'write', value: [date, [date]]}
    expect((stored([one]).at(0)!.value as unknown[])[0]).toBe(date)
  })

  it('with more words and shapes than are kept', () => {
    const many = Array.from({length: 70_000}, (_, index): Op => {
      const name = `account ${index}`
      return {index, timeNs: index, type: 'invoke', process: 0, f: 'read', value: {[name]: [name, name]}}
    })
    const store = stored(many)
    for (const at of [0, 4095, 4096, 65_535, 65_536, 69_999]) expect(store.at(at)).toStrictEqual(many[at])
  })
})

it('behaves like the array', () => {
  fc.assert(
    fc.property(ops, fc.integer({min: -40, max: 40}), fc.integer({min: -40, max: 40}), (some, from, to) => {
      const store = stored(some)
      expect(store.at(from)).toStrictEqual(some.at(from))
      expect([...store.slice(from, to)]).toStrictEqual(some.slice(from, to))
      const even = (one: Op, position: number) => (one.index + position) % 2 === 0
      expect([...store.filter(even)]).toStrictEqual(some.filter(even))
      expect(store.find(even)).toStrictEqual(some.find(even))
      expect(store.some(even)).toBe(some.some(even))
      expect(store.every(even)).toBe(some.every(even))
      expect(store.map(even)).toEqual(some.map(even))
      expect(store.flatMap((one) => [one.f, one.f])).toEqual(some.flatMap((one) => [one.f, one.f]))
    }),
  )
})

it('can be rewritten in place of itself', () => {
  const many = Array.from({length: 3 * CHUNK + 7}, (_, index): Op => {
    return {index, timeNs: index, type: 'invoke', process: index, f: 'read', value: index}
  })
  const store = stored(many)
  const changed = store.rewrite((one) => ({...one, key: 'x', value: [one.value]}))
  expect(store.length).toBe(0)
  expect(changed.length).toBe(many.length)
  expect(changed.at(CHUNK + 3)).toStrictEqual({...many[CHUNK + 3]!, key: 'x', value: [CHUNK + 3]})
})

it('takes little memory', () => {
  const before = bufferBytes()
  const store = new OpStore()
  for (let index = 0; index < 1_000_000; index++) {
    const cas = [index % 5, (index >> 3) % 5]
    store.push({
      index,
      timeNs: index * 1000,
      type: index % 2 ? 'ok' : 'invoke',
      process: index % 20,
      f: 'cas',
      key: `x${index % 100}`,
      value: cas,
    })
  }
  expect(store.length).toBe(1_000_000)
  expect(bufferBytes() - before).toBeLessThan(60e6)
})

function bufferBytes(): number {
  return globalThis.process.memoryUsage().arrayBuffers
}
