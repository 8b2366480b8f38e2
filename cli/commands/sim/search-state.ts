/**
 * A search that was interrupted, as a file: what was asked for and how far it came. Results are told in the order of the
 * seeds, so a number says which seeds are done; a search that goes on from there comes to what it would have come to.
 */

import {existsSync, rmSync} from 'node:fs'
import {join, relative} from 'node:path'
import {calendarDate} from '../../../core/clock.ts'
import {UsageError} from '../../../core/error.ts'
import type {Attempt} from '../../../runner/lab/attempt.ts'
import {diskError, makeDirectories, readJson, stamp, writeWhole} from '../../../runner/store.ts'
import type {TypedFlags} from '../../settings/layers.ts'
import {freshSeed} from '../../settings/seed.ts'
import type {Strategy} from './thread.ts'
import type {Figures} from './totals.ts'

const FORMAT = 'chaos.search/1'
/** Where searches that were interrupted are kept. */
export const SEARCHES_DIRECTORY = '.chaos/searches'

/** What was asked for. */
export interface Asked {
  readonly typed: TypedFlags
  readonly config?: string
  readonly strategy: Strategy
  /** The seed of the search: seeds are `seed-0`, `seed-1`, … */
  readonly seed: string
  /** How many; null where time alone limits them. */
  readonly count: number | null
  /** Null for no limit. */
  readonly budgetMs: number | null
  readonly stopAtFirst: boolean
}

/** How far it came. */
export interface Come {
  readonly figures: Figures
  readonly findings: readonly Attempt[]
}

export interface SearchState extends Asked, Come {
  /** The resolved command line of its first seed: it must still mean the same. */
  readonly command: string
}

/** Writes how far the search has come to its own file, and removes it once the search is over. */
export class StateFile {
  readonly path: string
  #written = false

  /** `path`: where it was kept before, for a search that goes on. */
  constructor(target: string, path?: string) {
    const name = `${stamp(calendarDate())}-${target}-${freshSeed()}.json`
    this.path = path ?? join(SEARCHES_DIRECTORY, name)
    this.#written = path !== undefined
  }

  write(state: SearchState): void {
    try {
      makeDirectories(SEARCHES_DIRECTORY)
    } catch (error) {
      throw diskError('write', SEARCHES_DIRECTORY, error)
    }
    writeWhole(this.path, `${JSON.stringify({format: FORMAT, ...state}, null, 2)}\n`)
    this.#written = true
  }

  remove(): void {
    if (this.#written) rmSync(this.path, {force: true})
  }

  get shown(): string {
    return relative(process.cwd(), this.path) || this.path
  }
}

/** Reads one. Throws UsageError for what is no search of ours. */
export function readSearch(path: string): SearchState {
  if (!existsSync(path)) {
    throw new UsageError(`There is no search ${path}.`, [
      'An interrupted chaos sim says how to go on with it: chaos sim --resume FILE.',
    ])
  }
  const {format, ...state} = (readJson(path) ?? {}) as Partial<SearchState> & {readonly format?: unknown}
  if (format !== FORMAT) {
    throw new UsageError(`${path} is no search: expected format "${FORMAT}", found ${JSON.stringify(format)}.`)
  }
  const {typed, seed, figures, findings, strategy, command} = state
  const whole =
    typeof typed?.single === 'object' &&
    typeof seed === 'string' &&
    typeof figures?.seeds === 'number' &&
    Array.isArray(findings) &&
    typeof strategy === 'string' &&
    typeof command === 'string'
  if (!whole) throw new UsageError(`${path} is damaged: it does not say all of a search.`)
  return state as SearchState
}
