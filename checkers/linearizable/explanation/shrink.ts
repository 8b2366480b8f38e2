/**
 * A smaller history that is still impossible: the story to tell. First the end is cut off (what began after the proof
 * plays no part), then a window from the end is widened until it is impossible by itself, then single operations are
 * taken out while it stays so, until nothing can go. Every step only leaves out what the rules for the model allow, so
 * that the small story proves the large one impossible.
 */
import {canonical} from '../canonical.ts'
import {decide, whenCertain} from '../engines/decide.ts'
import {RegisterRemoval} from '../engines/register/removal.ts'
import {registerView} from '../engines/register/view.ts'
import {elementsOf, isRead, type Model} from '../model.ts'
import {restrict, type Trace} from '../trace.ts'
import type {Effort} from './effort.ts'

/** Whether leaving out everything but these operations is sound, and how to make it so. */
interface Rule {
  sound(kept: ReadonlySet<number>): boolean
  close(kept: Set<number>): void
  /** Operations that go together with this one when it goes. */
  dependents(operation: number, kept: ReadonlySet<number>): readonly number[]
}

/**
 * A minimal impossible part of a trace that is impossible. `at` is the event where it showed, `core` operations that are
 * known to be impossible by themselves. Ends early, with what it has, when the effort is spent.
 */
export function shrink(model: Model, trace: Trace, at: number, effort: Effort, core?: readonly number[]): Trace {
  const whole = restrict(trace, () => true, at)
  let small = blinded(model, whole, effort, () => true) ?? whole
  const hint = core === undefined ? undefined : new Set(core.map((i) => trace.source[i]!))
  small = firstWindow(model, small, effort, hint)
  for (;;) {
    const decision = decide(model, small, effort.halt)
    if (decision.kind === 'invalid') {
      const certain = whenCertain(model, small, effort.halt, decision)
      if (certain < small.events.length - 1) small = restrict(small, () => true, certain)
    }
    const smaller = takeOut(model, small, effort)
    const looser = smaller.size < small.size ? smaller : blindOne(model, smaller, effort)
    if (looser === undefined) return smaller
    small = looser
  }
}

/**
 * The trace in which these operations did not look at what they changed, if it is still impossible. That only weakens what
 * is asked, and what they then need not have seen can be left out.
 */
function blinded(
  model: Model,
  trace: Trace,
  effort: Effort,
  chosen: (operation: number) => boolean,
): Trace | undefined {
  const {structure} = model
  if (structure?.kind !== 'register' || structure.blind === undefined) return undefined
  const calls = [...trace.calls]
  const call = trace.call.slice()
  for (let i = 0; i < trace.size; i++) {
    const blind = chosen(i) ? structure.blind(trace.calls[call[i]!]!) : undefined
    if (blind === undefined) continue
    call[i] = calls.length
    calls.push(blind)
  }
  if (calls.length === trace.calls.length) return undefined
  const loose = {...trace, calls, call}
  return impossible(model, loose, effort) ? loose : undefined
}

function blindOne(model: Model, trace: Trace, effort: Effort): Trace | undefined {
  for (let i = 0; i < trace.size && !effort.spent; i++) {
    const loose = blinded(model, trace, effort, (operation) => operation === i)
    if (loose !== undefined) return loose
  }
  return undefined
}

/** Whether the trace is still proved impossible. */
function impossible(model: Model, trace: Trace, effort: Effort): boolean {
  effort.spend(trace.size)
  return decide(model, trace, effort.halt).kind === 'invalid'
}

function firstWindow(model: Model, trace: Trace, effort: Effort, hint: ReadonlySet<number> | undefined): Trace {
  const rule = ruleFor(model, trace)
  const attempt = (kept: Set<number>) => {
    rule.close(kept)
    effort.spend(kept.size)
    if (kept.size === trace.size || !rule.sound(kept)) return undefined
    const part = restrict(trace, (i) => kept.has(i))
    return impossible(model, part, effort) ? part : undefined
  }
  if (hint !== undefined) {
    const kept = new Set<number>()
    for (let i = 0; i < trace.size; i++) if (hint.has(trace.source[i]!)) kept.add(i)
    const part = attempt(kept)
    if (part !== undefined) return part
  }
  for (let events = 8; events < trace.events.length; events *= 4) {
    const kept = new Set<number>()
    for (let k = trace.events.length - events; k < trace.events.length; k++) kept.add(trace.events[k]! >> 1)
    const part = attempt(kept)
    if (part !== undefined) return part
    if (effort.spent) return trace
  }
  return trace
}

/** Takes out as much as can go: first in blocks, then one by one. */
function takeOut(model: Model, trace: Trace, effort: Effort): Trace {
  const rule = ruleFor(model, trace)
  let kept = new Set(Array.from({length: trace.size}, (_, i) => i))
  for (let block = Math.max(1, trace.size >> 2); ; block >>= 1) {
    const order = [...kept].sort((left, right) => left - right)
    for (let from = 0; from < order.length; from += block) {
      const without = new Set(kept)
      for (const operation of order.slice(from, from + block)) {
        if (!without.delete(operation)) continue
        for (const other of rule.dependents(operation, without)) without.delete(other)
      }
      if (without.size === kept.size || without.size === 0 || !rule.sound(without)) continue
      if (
        impossible(
          model,
          restrict(trace, (i) => without.has(i)),
          effort,
        )
      )
        kept = without
      if (effort.spent) return restrict(trace, (i) => kept.has(i))
    }
    if (block <= 1) return restrict(trace, (i) => kept.has(i))
  }
}

function ruleFor(model: Model, trace: Trace): Rule {
  const {structure} = model
  const view = registerView(model, trace)
  if (view !== undefined && 'ways' in view) {
    // What is one thing in one way and another in the next stays: the first way then speaks for all.
    const rule = new RegisterRemoval(view.ways[0]!)
    const stays = [...view.ambiguous]
    return {
      sound: (kept) => stays.every((operation) => kept.has(operation)) && rule.sound(kept),
      close(kept) {
        for (const operation of stays) kept.add(operation)
        rule.close(kept)
      },
      dependents(operation, kept) {
        // A producer that somebody kept still needs goes only with all who saw its value.
        if (rule.produces[operation] === -1 || rule.sound(kept)) return []
        return [...kept].filter((other) => rule.observes[other] === rule.produces[operation])
      },
    }
  }
  const reads = trace.calls.map((call) => isRead(model, call))
  const isReadAt = (operation: number) => reads[trace.call[operation]!] === true
  if (structure?.kind === 'collection') {
    const elements = trace.calls.map((call) => new Set(elementsOf(structure.role(call)).map(canonical)))
    const shares = (left: number, right: number) => {
      const one = elements[trace.call[left]!]!
      for (const element of elements[trace.call[right]!]!) if (one.has(element)) return true
      return false
    }
    const all = Array.from({length: trace.size}, (_, i) => i)
    const rule: Rule = {
      // Every element is there with all its updates, or not at all; of updates that name none, none is missing.
      sound: (kept) =>
        all.every(
          (i) =>
            kept.has(i) ||
            isReadAt(i) ||
            (elements[trace.call[i]!]!.size > 0 && !all.some((j) => kept.has(j) && shares(i, j))),
        ),
      close(kept) {
        for (const i of all) {
          if (kept.has(i) || isReadAt(i)) continue
          if (elements[trace.call[i]!]!.size === 0 || [...kept].some((j) => shares(i, j))) kept.add(i)
        }
      },
      dependents: (operation, kept) =>
        isReadAt(operation) ? [] : [...kept].filter((other) => shares(operation, other)),
    }
    return rule
  }
  const updates = Array.from({length: trace.size}, (_, i) => i).filter((i) => !isReadAt(i))
  return {
    sound: (kept) => updates.every((i) => kept.has(i)),
    close(kept) {
      for (const i of updates) kept.add(i)
    },
    dependents: () => [],
  }
}
