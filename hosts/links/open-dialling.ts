/** Finds the way in which the nodes of a target are made to dial their own links, of those that there are. */
import {EnvironmentError} from '../../core/error.ts'
import {type LinkChoice, type LinkWay, type LinkWays, waysToTry} from '../../core/links.ts'
import type {Dialling, DiallingContext, Way} from './dialling.ts'
import {config} from './ways/config.ts'
import {hosts} from './ways/hosts.ts'
import {preload} from './ways/preload.ts'

const WAYS: Readonly<Partial<Record<LinkWay, Way>>> = {config, hosts, preload}

/** The first way that target and machine can. Throws UsageError or EnvironmentError with the reasons where there is none. */
export async function openDialling(
  target: string,
  ways: LinkWays,
  choice: LinkChoice,
  context: DiallingContext,
): Promise<Dialling> {
  const reasons: string[] = []
  for (const name of waysToTry(target, ways, choice)) {
    const opened = await (WAYS[name]?.open(context) ?? `${name} is not among the ways of this place`)
    if (typeof opened !== 'string') return opened
    reasons.push(`${name}: ${opened}`)
  }
  throw new EnvironmentError(`The nodes of ${target} cannot be made to dial links of their own here.`, reasons)
}
