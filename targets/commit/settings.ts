/** What may be changed with `--target-arg name=value`. */
import {lookUp} from '../../core/registry.ts'
import type {TargetOptions} from '../../core/target.ts'
import {beyond, repeated} from '../state-machine/limits.ts'
import {settingsFrom} from '../state-machine/settings.ts'

export const SETTINGS = {
  /** A coordinator that has not been answered for so long aborts, ms. */
  voteMs: 400,
  /** Time between two looks at what is unfinished, ms. */
  tickMs: 100,
  /** 0 tells other nodes how far a transaction is with the next look at what is unfinished, several at once, not immediately. */
  eager: 1,
  /** A participant that has waited for a decision for so long asks, ms. */
  doubtMs: 300,
  /** Three phases: how long a participant waits for what the others say, ms. */
  askMs: 250,
  /** What aborted for a lock is tried again for so long, ms. */
  retryMs: 600,
  /** Longest time that a service takes to think about a `try`, ms (TCC). */
  workMs: 20,
}

export type Settings = typeof SETTINGS

export const MODES = {'2pc': '2pc', '3pc': '3pc', tcc: 'tcc'} as const

export type Mode = keyof typeof MODES

const LIMITS = [repeated('tickMs'), {name: 'voteMs', least: 30, why: 'a vote needs the time of an answer'}] as const

/**
 * With `eager=0` a coordinator that has all votes says so at its next look, and may have waited for the votes before. A participant
 * of three phases that doubts sooner ends what is well under way: 1 of 14 simulated runs without a fault was accused with
 * `doubtMs=300`, none with 400 or more.
 */
const UNEAGER = [
  ...LIMITS,
  {name: 'doubtMs', times: [5, 'tickMs'], why: 'with mode=3pc and eager=0 a coordinator is not heard more often'},
  {name: 'doubtMs', times: [1, 'voteMs'], why: 'with mode=3pc and eager=0 a coordinator waits for votes as long'},
] as const

export function unfit({args}: TargetOptions): string | undefined {
  const settings = settingsFrom(SETTINGS, args)
  return beyond<keyof Settings>(settings, modeOf(args) === '3pc' && settings.eager === 0 ? UNEAGER : LIMITS)
}

/** The protocol to commit by. Throws UsageError for one that does not exist. */
export function modeOf(args: Readonly<Record<string, string>>): Mode {
  return lookUp('mode of commit', MODES, args['mode'] ?? '2pc')
}
