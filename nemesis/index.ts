/**
 * Every nemesis, by name. A name may be followed by a colon and a variant: `partition:leader`, `kill:majority`.
 */
import type {Demand} from '../core/capabilities.ts'
import {UsageError} from '../core/error.ts'
import type {Nemesis} from '../core/nemesis.ts'
import {lookUp, unknownName} from '../core/registry.ts'
import {CLOCK_KINDS, type ClockKind, clock} from './clock.ts'
import {disk} from './disk.ts'
import {DISK_KINDS, type DiskKind} from './disk-kinds.ts'
import {membership, REMOVABLE, type Removable} from './membership.ts'
import {PACKET_KINDS, packets, STREAM_KINDS} from './packets.ts'
import {partition} from './partition.ts'
import {kill, pause} from './process.ts'
import {PARTITION_SHAPES, type PartitionShape} from './shapes.ts'
import {VICTIMS, type Victims} from './victims.ts'

/** How a name makes a nemesis, given a variant or none. */
interface Entry {
  readonly variants: readonly string[]
  make(variant: string | undefined): Nemesis
}

/** An entry whose variants are victims; without one, each injection draws among `usual`. */
function byVictims(make: (victims: readonly Victims[]) => Nemesis, usual: readonly Victims[]): Entry {
  return {variants: VICTIMS, make: (variant) => make(variant === undefined ? usual : [variant as Victims])}
}

const AROUND_ONE: readonly Victims[] = ['one', 'minority', 'leader']

const NEMESES: Record<string, Entry> = {
  partition: {
    variants: PARTITION_SHAPES,
    make: (variant) => partition(variant === undefined ? PARTITION_SHAPES : [variant as PartitionShape]),
  },
  packets: byVictims((victims) => packets('packets', STREAM_KINDS, victims), VICTIMS),
  ...Object.fromEntries(
    PACKET_KINDS.map((kind) => [kind, byVictims((victims) => packets(kind, [kind], victims), VICTIMS)]),
  ),
  kill: byVictims(kill, [...AROUND_ONE, 'majority']),
  pause: byVictims(pause, AROUND_ONE),
  clock: {
    variants: CLOCK_KINDS,
    make: (variant) => clock(variant === undefined ? CLOCK_KINDS : [variant as ClockKind]),
  },
  disk: {
    variants: DISK_KINDS,
    make: (variant) => disk(variant === undefined ? DISK_KINDS : [variant as DiskKind]),
  },
  membership: {
    variants: REMOVABLE,
    make: (variant) => membership(variant === undefined ? REMOVABLE : [variant as Removable]),
  },
}

/** What `all` stands for. */
const ALL = ['partition', 'packets', 'kill', 'pause']

/** Every name, with its variants and the line for `chaos list`. */
export function listNemeses(): {name: string; variants: readonly string[]; description: string}[] {
  return Object.entries(NEMESES).map(([name, {variants, make}]) => ({
    name,
    variants,
    description: make(undefined).description,
  }))
}

/** Every fault and every variant of one, each by the name that `--nemesis` takes: what may be offered instead of another. */
export function everyFault(): Demand[] {
  return Object.entries(NEMESES).flatMap(([name, {variants, make}]) => [
    {name, missing: make(undefined).missing},
    ...variants.map((variant) => ({name: `${name}:${variant}`, missing: make(variant).missing})),
  ])
}

/**
 * The nemeses that `--nemesis` names: a comma-separated list, `all` or `none`. Throws UsageError for unknown names and
 * variants, and for a name given twice. `further` are those of plug-ins, which have no variants.
 */
export function parseNemeses(text: string, further: Readonly<Record<string, Nemesis>> = {}): Nemesis[] {
  const names = text.split(',').flatMap((part) => (part.trim() === 'all' ? ALL : [part.trim()]))
  if (names.length === 1 && (names[0] === 'none' || names[0] === '')) return []
  const seen = new Set<string>()
  return names.map((text) => {
    const [name = '', variant] = text.split(':')
    const known = [...Object.keys(NEMESES), ...Object.keys(further), 'all', 'none']
    if (!known.includes(name)) throw unknownName('fault', name, known)
    if (seen.has(name)) throw new UsageError(`The fault "${name}" is given twice.`)
    seen.add(name)
    if (Object.hasOwn(further, name) && variant === undefined) return further[name] as Nemesis
    const entry = lookUp('fault', NEMESES, name)
    if (variant !== undefined && !entry.variants.includes(variant))
      throw unknownName(`${name} variant`, variant, entry.variants)
    return entry.make(variant)
  })
}
