/**
 * What can be done to a target, known before it is started, so that a fault which cannot be injected is refused with a
 * reason instead of being skipped in mid-run.
 *
 * Each capability is one thing that one kind of fault needs. A target says `true` for what its cluster can do and a reason
 * for what it cannot; one that is not mentioned cannot be done either.
 */
import {UsageError} from './error.ts'

export const CAPABILITIES = {
  'process.kill': 'kill and restart nodes',
  'process.pause': 'pause and resume nodes',
  'network.black-hole': 'cut links silently',
  'network.refuse': 'refuse connections on links',
  'network.one-way': 'cut links in one direction',
  'network.latency': 'delay what links carry',
  'network.bandwidth': 'throttle links',
  'network.slice': 'cut the bytes of links into pieces',
  'network.reset': 'reset connections',
  'network.flaky': 'cut single connections',
  'network.loss': 'lose single messages',
  'network.duplicate': 'duplicate single messages',
  'network.reorder': 'reorder single messages',
  'clock.skew': 'shift clocks',
  'clock.drift': 'let clocks run fast or slow',
  'disk.full': 'fill disks',
  'disk.slow': 'slow the syncs of disks',
  'disk.power-cut': 'lose what was not synced',
  'disk.torn-write': 'cut the power in the midst of a write',
  'disk.bit-flip': 'damage what is stored',
  membership: 'add and remove members',
  leader: 'tell which node leads',
} as const

export type Capability = keyof typeof CAPABILITIES

/** `true`: it can be done. A text: why it cannot. */
export type Capabilities = Readonly<Partial<Record<Capability, true | string>>>

/** Whatever there is. */
export const EVERYTHING = Object.fromEntries(Object.keys(CAPABILITIES).map((name) => [name, true])) as Capabilities

/** What a stream proxy on every link can do: everything but what needs single messages. */
export const PROXIED_NETWORK = {
  'network.black-hole': true,
  'network.refuse': true,
  'network.one-way': true,
  'network.latency': true,
  'network.bandwidth': true,
  'network.slice': true,
  'network.reset': true,
  'network.flaky': true,
  'network.loss': 'TCP proxies carry streams of bytes, not single messages',
  'network.duplicate': 'TCP proxies carry streams of bytes, not single messages',
  'network.reorder': 'TCP proxies carry streams of bytes, not single messages',
} as const satisfies Capabilities

/** What can be done to processes on this machine. */
export const LOCAL_PROCESSES = {'process.kill': true, 'process.pause': true} as const satisfies Capabilities

/** Every fault of disks, with this reason why not. */
export function noDiskFaults(reason: string): Capabilities {
  const faults = Object.keys(CAPABILITIES).filter((name) => name.startsWith('disk.'))
  return Object.fromEntries(faults.map((name) => [name, reason]))
}

export function can(capabilities: Capabilities, needed: Capability): boolean {
  return capabilities[needed] === true
}

/** What the needs lack, in words, with the reasons; undefined where nothing is lacking. */
export function lacking(needs: readonly Capability[], capabilities: Capabilities): string | undefined {
  const missing = needs.filter((need) => !can(capabilities, need))
  if (missing.length === 0) return undefined
  return missing
    .map((need) => {
      const reason = capabilities[need]
      return `a way to ${CAPABILITIES[need]}${typeof reason === 'string' ? ` (${reason})` : ''}`
    })
    .join(' and ')
}

/** A fault, as far as it is asked whether it is possible. */
export interface Demand {
  readonly name: string
  missing(capabilities: Capabilities): string | undefined
}

/** Throws UsageError for the first fault that the target cannot suffer, with those of `offered` that it can. */
export function refuseImpossible(
  target: string,
  capabilities: Capabilities,
  demanded: readonly Demand[],
  offered: readonly Demand[],
): void {
  for (const demand of demanded) {
    const missing = demand.missing(capabilities)
    if (missing === undefined) continue
    const possible = offered.filter((other) => other.missing(capabilities) === undefined).map(({name}) => name)
    throw new UsageError(`Target ${target} cannot suffer "${demand.name}": it lacks ${missing}.`, [
      possible.length === 0 ? 'It can suffer no fault: use --nemesis none.' : `It can suffer: ${possible.join(', ')}`,
    ])
  }
}
