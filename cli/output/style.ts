/**
 * Colours and symbols of the terminal. `NO_COLOR`, `FORCE_COLOR`, `--no-color` and pipes are respected; what colour says, a
 * symbol or a word says too.
 */
import {Chalk, type ChalkInstance} from 'chalk'
import type {Validity} from '../../core/verdict.ts'

/** Colour is used on a terminal unless told otherwise; `FORCE_COLOR` (not 0) forces it, `NO_COLOR` (not empty) forbids it. */
export function wantsColor(stream: {isTTY?: boolean}, env: NodeJS.ProcessEnv, forbidden = false): boolean {
  if (forbidden || (env['NO_COLOR'] ?? '') !== '') return false
  const force = env['FORCE_COLOR']
  if (force !== undefined && force !== '') return force !== '0' && force !== 'false'
  return stream.isTTY === true && env['TERM'] !== 'dumb'
}

export class Style {
  readonly #chalk: ChalkInstance

  /** Whether it colours at all. */
  readonly color: boolean

  constructor(color: boolean) {
    this.color = color
    this.#chalk = new Chalk({level: color ? 2 : 0})
  }

  bold(text: string): string {
    return this.#chalk.bold(text)
  }

  dim(text: string): string {
    return this.#chalk.dim(text)
  }

  good(text: string): string {
    return this.#chalk.green(text)
  }

  bad(text: string): string {
    return this.#chalk.red(text)
  }

  warn(text: string): string {
    return this.#chalk.yellow(text)
  }

  accent(text: string): string {
    return this.#chalk.cyan(text)
  }

  /** The mark of a verdict. */
  mark(validity: Validity): string {
    if (validity === 'valid') return this.good('✔')
    return validity === 'invalid' ? this.bad('✘') : this.warn('?')
  }

  /** The word that stands for a whole run. */
  banner(validity: Validity): string {
    const word = validity === 'valid' ? ' PASS ' : validity === 'invalid' ? ' FAIL ' : ' UNKNOWN '
    if (this.#chalk.level === 0) return word.trim()
    const paint =
      validity === 'valid'
        ? this.#chalk.bgGreen.black
        : validity === 'invalid'
          ? this.#chalk.bgRed.white
          : this.#chalk.bgYellow.black
    return paint.bold(word)
  }
}
