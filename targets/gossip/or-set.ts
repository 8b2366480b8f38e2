/**
 * Observed-remove sets: each add has a unique tag (its dot), a remove removes the tags that the remover had seen, and so an
 * add that the remover had not seen wins. Shapiro, Preguiça, Baquero, Zawirski: "A comprehensive study of Convergent and
 * Commutative Replicated Data Types" (2011), specification 15.
 *
 * A remove may overtake the add that it removes. Its tags are remembered here as graves until that add has arrived, or is
 * known to be superseded everywhere (see `replica.ts`).
 */
import type {Json} from '../../core/node.ts'
import {type AddUpdate, type Dot, dotName, dotOf, type RemoveUpdate, type Update} from './update.ts'

const NONE: readonly AddUpdate[] = []

export class OrSets {
  /** By key, by element: the add in force, or, which is rare, several. */
  readonly #sets = new Map<string, Map<Json, AddUpdate | AddUpdate[]>>()
  readonly #graves = new Set<string>()
  readonly #honours: (remove: RemoveUpdate) => boolean

  /** Removes that are not honoured leave adds in force: bug `set-resurrect`. */
  constructor(honours: (remove: RemoveUpdate) => boolean) {
    this.#honours = honours
  }

  /** Takes an add in. Answers with what is superseded by now: this very add, when its remove came first. */
  add(update: AddUpdate): readonly Update[] {
    if (this.#graves.size > 0 && this.#graves.delete(dotName(dotOf(update)))) return [update]
    let set = this.#sets.get(update.key)
    if (set === undefined) this.#sets.set(update.key, (set = new Map()))
    const before = set.get(update.element)
    if (before === undefined) set.set(update.element, update)
    else if (isOne(before)) set.set(update.element, [before, update])
    else before.push(update)
    return NONE
  }

  /**
   * Takes a remove in. Answers with the adds that it superseded. `seen` says whether the add with a tag has been here: of
   * the other tags a grave is kept.
   */
  remove(update: RemoveUpdate, seen: (tag: Dot) => boolean): readonly Update[] {
    if (!this.#honours(update)) return []
    const set = this.#sets.get(update.key)
    for (const tag of update.tags) if (!seen(tag)) this.#graves.add(dotName(tag))
    const adds = several(set?.get(update.element))
    const removed = adds.filter((add) => isTagged(update, add))
    if (removed.length === adds.length) set?.delete(update.element)
    else if (removed.length > 0)
      set?.set(
        update.element,
        adds.filter((add) => !isTagged(update, add)),
      )
    return removed
  }

  /** This remove is known everywhere, and no add that it removed is under way any more. */
  forget(update: RemoveUpdate): void {
    if (this.#graves.size > 0) for (const tag of update.tags) this.#graves.delete(dotName(tag))
  }

  /** The tags of an element; none when it is not in the set. */
  tags(key: string, element: Json): readonly Dot[] {
    return several(this.#sets.get(key)?.get(element)).map(dotOf)
  }

  /** The elements, in the order in which they arrived here. */
  read(key: string): readonly Json[] {
    return [...(this.#sets.get(key)?.keys() ?? [])]
  }
}

function several(adds: AddUpdate | AddUpdate[] | undefined): readonly AddUpdate[] {
  if (adds === undefined) return NONE
  return isOne(adds) ? [adds] : adds
}

function isOne(adds: AddUpdate | AddUpdate[]): adds is AddUpdate {
  return !Array.isArray(adds)
}

/** Whether the remover had seen this add. An element has hardly ever more than one. */
function isTagged({tags}: RemoveUpdate, {origin, sequence}: AddUpdate): boolean {
  for (const tag of tags) if (tag[1] === sequence && tag[0] === origin) return true
  return false
}
