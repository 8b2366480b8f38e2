/** Judging saved histories: loading one in any format, choosing checkers for it or guessing them, and running those. */
export {createBudget, MemoryLimit} from './budget.ts'
export {type CheckPool, createCheckPool} from './check-pool.ts'
export {type Guess, guess} from './guess.ts'
export {type Judged, type JudgingOptions, judgeLoaded, notesOf} from './judge-loaded.ts'
export {type Loaded, load, loadFacts, loadVerdict, locate} from './load.ts'
export {parseVerdict, writeVerdict} from './verdict-file.ts'
