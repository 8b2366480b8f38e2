/** Anomalies of transactions that are no cycles (`checkers/elle`): who wrote, who read, and where the two do not agree. */
import type {Anomaly} from '../../core/verdict.ts'
import type {Story, StoryArrow, StoryCard} from '../payload.ts'
import {compact} from '../values.ts'
import {
  bothEnds,
  drawCard,
  isRead,
  keyOf,
  type Mark,
  readOf,
  same,
  type TransactionData,
  transactionData,
  writeOf,
} from './cards.ts'
import type {Source} from './source.ts'

/** Transactions that are drawn of a crowd. */
const CROWD = 12

/** What checkers say of these anomalies; each has some of it. */
interface Detail {
  readonly transaction?: unknown
  readonly writer?: unknown
  readonly element?: unknown
  readonly microOp?: unknown
  readonly expected?: unknown
  readonly values?: readonly unknown[]
  readonly read?: unknown
  readonly transactions?: readonly unknown[]
  readonly duplicates?: readonly {readonly element: unknown; readonly count: number}[]
  readonly versions?: readonly unknown[]
  readonly asked?: readonly unknown[]
}

/** Fields that are lists, where they are. */
const LISTS = ['values', 'transactions', 'duplicates', 'versions', 'asked'] as const

/** What can be relied on of a detail that anybody may have written. */
function detailOf(value: unknown): Detail {
  const detail = {...(typeof value === 'object' ? value : {})} as Record<string, unknown>
  for (const field of LISTS) if (!Array.isArray(detail[field])) delete detail[field]
  return detail as Detail
}

interface Facts {
  readonly anomaly: Anomaly
  readonly detail: Detail
  readonly key: string
  /** What the detail calls the transaction. */
  readonly main: TransactionData | undefined
  /** The transactions of the witness, in the order of the history. */
  readonly witnesses: readonly TransactionData[]
  readonly source: Source
}

const TELLERS: Readonly<Record<string, (facts: Facts) => Story | undefined>> = {
  G1a: dirtyRead,
  G1b: dirtyRead,
  'thin-air-read': thinAir,
  internal,
  'future-read': futureRead,
  'dirty-update': dirtyUpdate,
  'lost-update': lostUpdate,
  'duplicate-elements': duplicates,
  'incompatible-order': incompatibleOrder,
  'cyclic-versions': cyclicVersions,
  'mismatched-reply': mismatchedReply,
}

/** The picture; undefined for types that have none, and where the data are not what they should be. */
export function singleStory(anomaly: Anomaly, source: Source): Story | undefined {
  if (!Object.hasOwn(TELLERS, anomaly.type)) return undefined
  const detail = detailOf(anomaly.detail)
  const witnesses = source.transactions(anomaly.witness, CROWD)
  const key = anomaly.key === undefined ? '' : compact(anomaly.key, 200)
  const facts = {anomaly, detail, key, main: transactionData(detail.transaction), witnesses, source}
  return TELLERS[anomaly.type]!(facts)
}

/** G1a, G1b: from the write that must not be seen to the read that saw it. */
function dirtyRead({anomaly, detail, key, main}: Facts): Story | undefined {
  const writer = transactionData(detail.writer)
  if (writer === undefined || main === undefined) return undefined
  const from = writeOf(writer.value, key, detail.element)
  const to = readOf(main.value, key, detail.element)
  const later = writer.value.findLastIndex((each) => !isRead(each) && keyOf(each) === key)
  const marks = marking([from, {mark: 'wrong', note: anomaly.type === 'G1a' ? 'failed' : 'not its last'}])
  if (anomaly.type === 'G1b' && later > from) marks.set(later, {mark: 'other', note: 'its last'})
  const left = drawCard('T1', writer, marks)
  const right = drawCard('T2', main, marking([to, {mark: 'wrong'}]))
  const because =
    anomaly.type === 'G1a'
      ? `T2 read what T1 wrote to ${key}, but T1 failed`
      : `T2 read what T1 wrote to ${key} on its way to something else`
  return pair([left.card, right.card], [arrow('wr', key, because, left.lineOf(from), right.lineOf(to))])
}

function thinAir({detail, key, main}: Facts): Story | undefined {
  if (main === undefined) return undefined
  const note = `nobody wrote ${compact(detail.element, 40)}`
  return alone(main, marking([readOf(main.value, key, detail.element), {mark: 'wrong', note}]))
}

/** The read, and before it what it should have followed from. */
function internal({detail, key, main}: Facts): Story | undefined {
  if (main === undefined) return undefined
  const at = main.value.findLastIndex((each) => same(each, detail.microOp))
  const marks = marking([at, {mark: 'wrong', note: `expected ${compact(detail.expected, 60).replaceAll('"', '')}`}])
  main.value.forEach((each, place) => {
    if (place < at && keyOf(each) === key) marks.set(place, {mark: 'other'})
  })
  return alone(main, marks)
}

function futureRead({detail, key, main}: Facts): Story | undefined {
  if (main === undefined) return undefined
  const write = writeOf(main.value, key, detail.element)
  const read = readOf(main.value, key, detail.element)
  return alone(
    main,
    marking([read, {mark: 'wrong', note: 'saw it already'}], [write, {mark: 'other', note: 'wrote it here'}]),
  )
}

/** A committed write after an aborted one. */
function dirtyUpdate({detail, key, witnesses, source}: Facts): Story | undefined {
  const [failed, next] = detail.values ?? []
  const aborted = witnesses.find(({value}) => writeOf(value, key, failed) >= 0)
  const updater = witnesses.find((each) => each !== aborted && writeOf(each.value, key, next) >= 0)
  if (aborted === undefined || updater === undefined) return undefined
  const from = writeOf(aborted.value, key, failed)
  const to = writeOf(updater.value, key, next)
  const left = drawCard('T1', aborted, marking([from, {mark: 'wrong', note: 'failed'}]))
  const right = drawCard('T2', updater, marking([to, {mark: 'other'}]))
  const because = `T2 wrote to ${key} after what T1 wrote there, but T1 failed`
  const story = pair([left.card, right.card], [arrow('ww', key, because, left.lineOf(from), right.lineOf(to))])
  return withReads(story, source, key)
}

/** One state, and all who read it and then wrote over it. */
function lostUpdate({detail, key}: Facts): Story | undefined {
  const updaters = (detail.transactions ?? []).flatMap((each) => transactionData(each) ?? [])
  const seen = Array.isArray(detail.read) ? detail.read[2] : undefined
  if (updaters.length < 2) return undefined
  const state = compact(bothEnds(seen), 64).replaceAll('"…"', '…')
  const version: StoryCard = {name: `state of ${key}`, outcome: 'version', lines: [{text: state}]}
  const drawn = updaters.map((each, place) => {
    const read = each.value.findIndex((one) => isRead(one) && keyOf(one) === key)
    const write = each.value.findLastIndex((one) => !isRead(one) && keyOf(one) === key)
    const card = drawCard(
      `T${place + 1}`,
      each,
      marking([read, {mark: 'other'}], [write, {mark: 'wrong', note: 'updated it'}]),
    )
    return {...card, read}
  })
  const arrows = drawn.map(({lineOf, read, card}, place): StoryArrow => {
    const because = `${card.name} read ${key} = ${state} and then updated it, like the others`
    return {from: 0, to: place + 1, type: 'read', key, because, fromLine: 0, toLine: lineOf(read)}
  })
  return {shape: 'fan', cards: [version, ...drawn.map(({card}) => card)], arrows, leftOut: 0}
}

function duplicates({detail, key, main, source}: Facts): Story | undefined {
  const [first] = detail.duplicates ?? []
  if (main === undefined || first === undefined) return undefined
  const {element, count} = first
  const note = `${compact(element, 40)} is in it ${count === 2 ? 'twice' : `${count} times`}`
  const at = main.value.findIndex((each) => {
    if (!isRead(each) || keyOf(each) !== key) return false
    const seen = (each as readonly unknown[])[2]
    return Array.isArray(seen) && seen.filter((one) => same(one, element)).length === count
  })
  return withReads(alone(main, marking([at, {mark: 'wrong', note}])), source, key)
}

/** The two reads (or the writer and a reader) side by side, and all that was read of the key. */
function incompatibleOrder({key, witnesses, source}: Facts): Story | undefined {
  const drawn = witnesses.map((each, place) => {
    const marks = new Map<number, Mark>()
    each.value.forEach((one, at) => {
      if (keyOf(one) === key) marks.set(at, {mark: isRead(one) ? 'wrong' : 'other'})
    })
    return drawCard(`T${place + 1}`, each, marks).card
  })
  return withReads({shape: 'ring', cards: drawn, arrows: [], leftOut: 0}, source, key)
}

/** Who wrote and who read the versions that have no order. */
function cyclicVersions({detail, key, witnesses, anomaly}: Facts): Story | undefined {
  const versions = detail.versions ?? []
  const drawn = witnesses.map((each, place) => {
    const marks = new Map<number, Mark>()
    each.value.forEach((one, at) => {
      if (keyOf(one) !== key || !Array.isArray(one) || !versions.some((version) => same(version, one[2]))) return
      marks.set(at, {mark: isRead(one) ? 'other' : 'wrong'})
    })
    return drawCard(`T${place + 1}`, each, marks).card
  })
  const leftOut = Math.max(0, Math.ceil(anomaly.witness.length / 2) - drawn.length)
  return {shape: 'ring', cards: drawn, arrows: [], leftOut}
}

/** What was asked beside what was answered; they must have the same verbs, keys and written values, place by place. */
function mismatchedReply({detail, main}: Facts): Story | undefined {
  const {asked} = detail
  if (main === undefined || asked === undefined) return undefined
  const places = Array.from({length: Math.max(asked.length, main.value.length)}, (_, at) => at)
  const wrong = places.filter((at) => !answers(asked[at], main.value[at]))
  const marks = new Map(wrong.map((at): [number, Mark] => [at, {mark: 'wrong'}]))
  const within = (value: readonly unknown[]) => new Map([...marks].filter(([at]) => at < value.length))
  const cards = [
    drawCard('asked', {...main, value: asked}, within(asked)).card,
    drawCard('answered', main, within(main.value)).card,
  ]
  return {shape: 'fan', cards, arrows: [], leftOut: 0}
}

function answers(asked: unknown, answered: unknown): boolean {
  if (!Array.isArray(asked) || !Array.isArray(answered) || asked[0] !== answered[0]) return false
  return keyOf(asked) === keyOf(answered) && (isRead(asked) || same(asked[2], answered[2]))
}

/** Marks by position, without those that were not found. */
function marking(...marks: readonly (readonly [number, Mark])[]): Map<number, Mark> {
  return new Map(marks.filter(([at]) => at >= 0))
}

function alone(transaction: TransactionData, marks: ReadonlyMap<number, Mark>): Story {
  return {shape: 'fan', cards: [drawCard('T1', transaction, marks).card], arrows: [], leftOut: 0}
}

function pair(cards: readonly StoryCard[], arrows: readonly StoryArrow[]): Story {
  return {shape: 'fan', cards, arrows, leftOut: 0}
}

function arrow(type: string, key: string, because: string, fromLine: number, toLine: number): StoryArrow {
  return {from: 0, to: 1, type, key, because, fromLine, toLine}
}

function withReads(story: Story, source: Source, key: string): Story {
  const reads = source.readsOf(key)
  return reads === undefined ? story : {...story, reads}
}
