/** The command line that does a run again: what was set by hand, and the seed. */
import {parseSwitch} from '../../core/quantities.ts'
import {quoteWord} from '../../core/shell.ts'
import type {Setting} from './run-settings.ts'

/** `chaos run raft --nemesis kill --seed 8f3a`. `program` is how chaos is called. Settings that are defaults are left out. */
export function commandLine(settings: readonly Setting[], seed: string, program = 'chaos'): string {
  const target = settings.find(({name}) => name === 'target')
  const words = [program, 'run', quoteWord(target?.value ?? '')]
  for (const {name, value, origin} of settings) {
    if (origin === 'default' || name === 'target' || name === 'seed') continue
    if (name === 'fail-fast') words.push(parseSwitch('--fail-fast', value) ? '--fail-fast' : '--no-fail-fast')
    else words.push(`--${name}`, quoteWord(value))
  }
  return [...words, '--seed', quoteWord(seed)].join(' ')
}
