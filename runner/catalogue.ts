/** Workloads, nemeses and checkers by name: the bundled ones, and those that plug-ins bring. */
import {CHECKERS} from '../checkers/library.ts'
import type {Checker} from '../core/checker.ts'
import type {Nemesis} from '../core/nemesis.ts'
import type {Workload} from '../core/workload.ts'
import {parseNemeses} from '../nemesis/index.ts'
import {WORKLOADS} from '../workloads/index.ts'

/** Makes a checker; what may be said about it depends on the checker. */
export type CheckerFactory = (options?: object) => Checker

/** What plug-ins bring, by name. */
export interface PluginCatalogue {
  readonly workloads: Readonly<Record<string, Workload>>
  readonly nemeses: Readonly<Record<string, Nemesis>>
  readonly checkers: Readonly<Record<string, CheckerFactory>>
}

export const NO_PLUGINS: PluginCatalogue = {workloads: {}, nemeses: {}, checkers: {}}

export function allWorkloads({workloads}: PluginCatalogue): Readonly<Record<string, Workload>> {
  return {...WORKLOADS, ...workloads}
}

export function allCheckers({checkers}: PluginCatalogue): Readonly<Record<string, CheckerFactory>> {
  return {...(CHECKERS as unknown as Readonly<Record<string, CheckerFactory>>), ...checkers}
}

/** The nemeses of a list such as `partition,kill:leader`. Throws UsageError as `parseNemeses` does. */
export function parseFaults(text: string, {nemeses}: PluginCatalogue): Nemesis[] {
  return parseNemeses(text, nemeses)
}

export function bringsAny({workloads, nemeses, checkers}: PluginCatalogue): boolean {
  return [workloads, nemeses, checkers].some((kind) => Object.keys(kind).length > 0)
}
