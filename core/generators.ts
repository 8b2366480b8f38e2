/**
 * The generator combinators: pure values that are put together into what a run does. After `jepsen.generator` (0.2 and
 * later) and `jepsen.independent` by Kyle Kingsbury; where a combinator differs from Jepsen's, its own docstring says so.
 *
 *     phases(
 *       timeLimit(30_000, stagger(5, clients(mix(reads, writes), [sleep(5000), {f: 'start-kill'}, …]))),
 *       eachThread(untilOk({f: 'read', final: true})),
 *     )
 *
 * A `Source` is a generator or what stands for one: an invocation (once), a list (in turn) or a function (asked for more).
 */
export * from './generators/bounds.ts'
export * from './generators/choice.ts'
export * from './generators/keys.ts'
export * from './generators/phases.ts'
export {fn, lift, nothing, type Source, sequence, unfold} from './generators/source.ts'
export {clients, drawingFrom, eachThread, nemesis, onThreads, reserve} from './generators/threads.ts'
export * from './generators/timing.ts'
export * from './generators/transform.ts'
