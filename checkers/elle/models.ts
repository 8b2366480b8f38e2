/**
 * The lattice of consistency models: which model implies which. An anomaly rules out the models that forbid it and, with
 * them, every model that implies one of those.
 *
 * Adya 1999 (PL-1 to PL-3 and the levels between), Daudjee & Salem 2004 (session variants), Cerone, Bernardi & Gotsman 2015
 * (read atomic, causal, prefix, parallel snapshot isolation), drawn together as Kingsbury & Alvaro did for Elle (VLDB 2020).
 */
import {unknownName} from '../../core/registry.ts'

/** Each model with the weaker models that it implies directly. Strongest first. */
const IMPLIES = {
  'strict-serializable': ['strong-session-serializable', 'strong-snapshot-isolation'],
  'strong-session-serializable': ['serializable', 'strong-session-snapshot-isolation'],
  'strong-snapshot-isolation': ['strong-session-snapshot-isolation', 'strong-read-committed'],
  serializable: ['repeatable-read', 'update-serializable', 'snapshot-isolation'],
  'strong-session-snapshot-isolation': ['snapshot-isolation', 'strong-session-read-committed'],
  'snapshot-isolation': [
    'forward-consistent-view',
    'monotonic-atomic-view',
    'monotonic-snapshot-read',
    'parallel-snapshot-isolation',
    'prefix',
  ],
  'update-serializable': ['forward-consistent-view'],
  'repeatable-read': ['cursor-stability', 'monotonic-atomic-view'],
  'forward-consistent-view': ['consistent-view'],
  'consistent-view': ['cursor-stability', 'monotonic-view'],
  'parallel-snapshot-isolation': ['causal-cerone', 'update-atomic'],
  prefix: ['causal-cerone'],
  'update-atomic': ['read-atomic'],
  'causal-cerone': ['read-atomic'],
  'read-atomic': ['monotonic-atomic-view'],
  'monotonic-atomic-view': ['read-committed'],
  'monotonic-snapshot-read': ['read-committed'],
  'monotonic-view': ['read-committed'],
  'cursor-stability': ['read-committed'],
  'strong-read-committed': ['strong-session-read-committed', 'strong-read-uncommitted'],
  'strong-session-read-committed': ['read-committed', 'strong-session-read-uncommitted'],
  'read-committed': ['read-uncommitted'],
  'strong-read-uncommitted': ['strong-session-read-uncommitted'],
  'strong-session-read-uncommitted': ['read-uncommitted'],
  'read-uncommitted': [],
} as const satisfies Record<string, readonly string[]>

export type Model = keyof typeof IMPLIES

/** Every model, the strongest first. */
export const MODELS = Object.keys(IMPLIES) as readonly Model[]

/** Other names in use. */
const ALIASES: Readonly<Record<string, Model>> = {
  'strong-serializable': 'strict-serializable',
  'PL-SS': 'strict-serializable',
  'PL-3': 'serializable',
  'PL-3U': 'update-serializable',
  'PL-2.99': 'repeatable-read',
  'PL-SI': 'snapshot-isolation',
  'PL-FCV': 'forward-consistent-view',
  'PL-2+': 'consistent-view',
  'PL-2L': 'monotonic-view',
  'PL-MSR': 'monotonic-snapshot-read',
  'PL-CS': 'cursor-stability',
  'PL-2': 'read-committed',
  'PL-1': 'read-uncommitted',
  'strong-PL-2': 'strong-read-committed',
  'strong-PL-1': 'strong-read-uncommitted',
  'strong-session-PL-2': 'strong-session-read-committed',
  'strong-session-PL-1': 'strong-session-read-uncommitted',
  'strong-session-PL-3': 'strong-session-serializable',
  'strong-session-PL-SI': 'strong-session-snapshot-isolation',
  'strong-PL-SI': 'strong-snapshot-isolation',
}

/** The model that a person named. Throws UsageError with a suggestion where there is none. */
export function modelNamed(name: string): Model {
  if (Object.hasOwn(IMPLIES, name)) return name as Model
  if (Object.hasOwn(ALIASES, name)) return ALIASES[name] as Model
  throw unknownName('consistency model', name, [...MODELS, ...Object.keys(ALIASES)])
}

/** What a model implies, directly or not, itself included. */
const WEAKER: ReadonlyMap<Model, ReadonlySet<Model>> = new Map(MODELS.map((model) => [model, reach(model)]))

function reach(model: Model, seen = new Set<Model>()): Set<Model> {
  seen.add(model)
  for (const next of IMPLIES[model]) if (!seen.has(next)) reach(next, seen)
  return seen
}

/** Whether satisfying `stronger` means satisfying `weaker`. Every model implies itself. */
export function implies(stronger: Model, weaker: Model): boolean {
  return WEAKER.get(stronger)!.has(weaker)
}

/** These models and all that imply one of them. */
export function upwards(models: Iterable<Model>): Set<Model> {
  const roots = [...models]
  return new Set(MODELS.filter((model) => roots.some((root) => implies(model, root))))
}

/** Those of the models that imply no other of them: the weakest. Sorted by name. */
export function weakest(models: ReadonlySet<Model>): Model[] {
  return [...models].filter((model) => ![...models].some((other) => other !== model && implies(model, other))).sort()
}

/** Those of the models that no other of them implies: the strongest. Sorted by name. */
export function strongest(models: ReadonlySet<Model>): Model[] {
  return [...models].filter((model) => ![...models].some((other) => other !== model && implies(other, model))).sort()
}

/** Which order between transactions a model speaks of, beyond their data: real time, the order of a process, or none. */
export function orderOf(model: Model): 'realtime' | 'process' | undefined {
  if (model.startsWith('strong-session-')) return 'process'
  return model.startsWith('strong-') || model === 'strict-serializable' ? 'realtime' : undefined
}
