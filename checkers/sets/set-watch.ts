/**
 * Sets, while the record is being written: what `set-full` would hold against a read, as far as it is certain at the moment
 * when the read returns. Whatever is still open may have happened; should it fail later, that only makes matters worse.
 *
 * A *linearizable* set is judged on every read as it returns: elements that nobody added, duplicates, elements that must be
 * there and are not, elements that must be gone and are there. Of an *eventual* one only what no delay excuses is certain
 * before the end: elements that nobody added, and duplicates.
 *
 * Memory is that of the sets: an entry for each add and remove.
 */
import type {Key, Op, ProcessId} from '../../core/op.ts'
import {isClientOp} from '../../core/op.ts'
import {elementsOf, showValue, type ValueKey, valueKey} from '../../core/value.ts'
import type {Breach, Watch} from '../../core/watch.ts'
import {ofKey} from '../findings/finding.ts'

/** An add or a remove. */
interface Change {
  readonly invokeIndex: number
  /** Infinity while it is open, and for good where its outcome is unknown. */
  endIndex: number
  failed: boolean
}

interface Element {
  readonly value: unknown
  readonly adds: Change[]
  readonly removes: Change[]
  /** When the first read that had it returned. */
  seenIndex: number
}

type Elements = Map<ValueKey, Element>

export class SetWatch implements Watch {
  readonly blind = undefined
  readonly #linearizable: boolean
  readonly #sets = new Map<Key | undefined, Elements>()
  readonly #open = new Map<ProcessId, {readonly invoke: Op; readonly change: Change | undefined}>()
  #breach: Breach | undefined

  constructor({claim = 'linearizable'}: {readonly claim?: 'linearizable' | 'eventual'} = {}) {
    this.#linearizable = claim === 'linearizable'
  }

  push(op: Op): Breach | undefined {
    if (this.#breach !== undefined || !isClientOp(op)) return this.#breach
    if (op.type === 'invoke') {
      this.#open.set(op.process, {invoke: op, change: this.#changeOf(op)})
      return undefined
    }
    const open = this.#open.get(op.process)
    if (open === undefined) return undefined
    this.#open.delete(op.process)
    const {invoke, change} = open
    if (change !== undefined) {
      if (op.type !== 'info') change.endIndex = op.index
      change.failed = op.type === 'fail'
    } else if (invoke.f === 'read' && op.type === 'ok') this.#breach = this.#judge(invoke, op)
    return this.#breach
  }

  /** Reads are judged as they return; nothing waits. */
  probe(): Breach | undefined {
    return this.#breach
  }

  #elementsOf(key: Key | undefined): Elements {
    let elements = this.#sets.get(key)
    if (elements === undefined) this.#sets.set(key, (elements = new Map()))
    return elements
  }

  #changeOf(invoke: Op): Change | undefined {
    if (invoke.f !== 'add' && invoke.f !== 'remove') return undefined
    const elements = this.#elementsOf(invoke.key)
    const id = valueKey(invoke.value)
    let element = elements.get(id)
    if (element === undefined)
      elements.set(id, (element = {value: invoke.value, adds: [], removes: [], seenIndex: Number.POSITIVE_INFINITY}))
    const change: Change = {invokeIndex: invoke.index, endIndex: Number.POSITIVE_INFINITY, failed: false}
    element[invoke.f === 'add' ? 'adds' : 'removes'].push(change)
    return change
  }

  #judge(invoke: Op, {index, process, value}: Op): Breach | undefined {
    const {key} = invoke
    const breach = (verb: string, what: unknown, why: string): Breach => ({
      key,
      index,
      sentence: `Process ${process} ${verb} ${showValue(what)}${ofKey(key)}, ${why}`,
    })
    const items = elementsOf(value ?? null)
    if (items === undefined) return breach('read', value, 'which is no set')
    const elements = this.#elementsOf(key)
    const found = new Set<ValueKey>()
    for (const item of items) {
      const id = valueKey(item)
      if (found.has(id)) return breach('read', item, 'and more than once')
      found.add(id)
      const element = elements.get(id)
      const adds = element?.adds.filter(({failed}) => !failed) ?? []
      if (element === undefined || adds.length === 0) return breach('read', item, 'which nobody added')
      if (this.#linearizable && isGone(element, adds, invoke)) {
        return breach('read', item, 'although its removal was acknowledged before')
      }
    }
    if (!this.#linearizable) return undefined
    for (const [id, element] of elements) {
      if (found.has(id)) element.seenIndex = Math.min(element.seenIndex, index)
      else if (mustBeIn(element, invoke)) {
        const acknowledged = element.adds.some((add) => !add.failed && add.endIndex < invoke.index)
        return breach('missed', element.value, `which ${acknowledged ? 'was acknowledged' : 'had been seen'} before`)
      }
    }
    return undefined
  }
}

/** Whether a remove that was acknowledged before the read came after every add that may have happened. */
function isGone({removes}: Element, adds: readonly Change[], read: Op): boolean {
  return removes.some(
    (remove) =>
      !remove.failed && remove.endIndex < read.index && adds.every((add) => add.endIndex < remove.invokeIndex),
  )
}

/**
 * Whether an add was acknowledged or seen before the read, and no remove that may have happened could come after it. What was
 * seen came no earlier than the first add.
 */
function mustBeIn({adds, removes, seenIndex}: Element, read: Op): boolean {
  const first = adds.find(({failed}) => !failed)
  return adds.some(
    (add) =>
      !add.failed &&
      (add.endIndex < read.index || (add === first && seenIndex < read.index)) &&
      !removes.some((remove) => !remove.failed && remove.endIndex > add.invokeIndex),
  )
}
