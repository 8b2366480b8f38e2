/** A cluster of a real target, started without a run, for tests that look at one thing of it. */
import {mkdirSync} from 'node:fs'
import {join} from 'node:path'
import type {Clock} from '../../core/clock.ts'
import {wallClock} from '../../core/clock.ts'
import type {Cluster} from '../../core/cluster.ts'
import type {NodeId} from '../../core/node.ts'
import type {Place} from '../../core/place.ts'
import {createRandom} from '../../core/random.ts'
import type {Target} from '../../core/target.ts'
import {proxiedLinks} from '../../hosts/links/proxied.ts'
import {type LocalPlaceOptions, localPlace} from '../../hosts/local/place.ts'

export const clock = wallClock()
export const never: AbortSignal = new AbortController().signal

export interface Surroundings {
  readonly nodes?: readonly NodeId[]
  readonly place?: (options: LocalPlaceOptions) => Place
  readonly clock?: Clock
  /** What it has to be able to suffer; everything where it is not said. */
  readonly faults?: readonly string[]
}

/** Three nodes unless others are named; their files are in this directory. Stop it. */
export function startTarget(
  target: Target,
  directory: string,
  args: Readonly<Record<string, string>>,
  {nodes = ['n1', 'n2', 'n3'], place = localPlace, clock: time = clock, faults}: Surroundings = {},
): Promise<Cluster> {
  const own = (name: string) => {
    const path = join(directory, name)
    mkdirSync(path, {recursive: true})
    return path
  }
  const guard = () => () => {}
  return target.start({
    options: {nodes, bugs: [], args},
    random: createRandom('started'),
    clock: time,
    ...(faults === undefined ? {} : {faults}),
    seed: 'started',
    directory: own('disks'),
    logDirectory: own('logs'),
    eventDirectory: own('events'),
    halt: () => {},
    warn: () => {},
    place: place({logDirectory: own('logs'), guard, onUnexpectedExit: () => {}}),
    connect: proxiedLinks('embedded', {seed: 'started'}),
    linkWay: 'auto',
    operationTimeoutMs: 2000,
    onEvent: () => {},
    signal: never,
  })
}
