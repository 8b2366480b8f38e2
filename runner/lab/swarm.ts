/**
 * Swarm testing (Groce et al., ISSTA 2012): each seed also draws the configuration, among others which faults exist at all.
 * A fault that is always there hides what others would show.
 */
import {createRandom} from '../../core/random.ts'
import type {RunOptions} from '../options.ts'

/** The options with the configuration that their seed draws. */
export function swarmed(options: RunOptions): RunOptions {
  const random = createRandom(options.seed).fork('swarm')
  const {nodes, nemeses, target} = options
  const sizes = [3, 4, 5, 7].filter((size) => size >= (target.minNodes ?? 1))
  const size = random.chance(0.5) || sizes.length === 0 ? nodes : random.pick(sizes)
  const some = nemeses.filter(() => random.chance(0.6))
  const drawn = {
    nodes: size,
    concurrency: size * random.between(1, 4),
    keys: random.pick([1, 2, 5, options.keys]),
    ratePerS: random.pick([50, 100, 200, 400]),
    intervalMs: random.pick([300, 1000, 2500, options.intervalMs]),
    nemeses: some.length === 0 ? nemeses.slice(0, 1) : some,
  }
  return {...options, ...drawn, origins: withDrawn(options.origins, drawn)}
}

type Drawn = Pick<RunOptions, 'nodes' | 'concurrency' | 'keys' | 'ratePerS' | 'intervalMs' | 'nemeses'>

/** The drawn values as settings, so that `run.json` says all of the configuration. */
function withDrawn(origins: RunOptions['origins'], drawn: Drawn): RunOptions['origins'] {
  const values = settingsOf(drawn)
  const others = origins.filter(({name}) => !Object.hasOwn(values, name))
  return [...others, ...Object.entries(values).map(([name, value]) => ({name, value, origin: 'seed'}))]
}

function settingsOf({nodes, concurrency, keys, ratePerS, intervalMs, nemeses}: Drawn): Record<string, string> {
  return {
    nodes: String(nodes),
    concurrency: String(concurrency),
    keys: String(keys),
    rate: `${ratePerS}/s`,
    interval: `${intervalMs}ms`,
    nemesis: nemeses.map(({name}) => name).join(',') || 'none',
  }
}

/** The drawn configuration in one line. */
export function swarmWords(options: RunOptions): string {
  return Object.entries(settingsOf(options))
    .map(([name, value]) => `--${name} ${value}`)
    .join(' ')
}
