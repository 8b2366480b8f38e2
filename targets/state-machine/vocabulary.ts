/**
 * From a workload's functions to the store's. Workloads speak Jepsen's words, in which `add` and `read` mean one thing
 * for a set and another for a counter; a store keeps all kinds at once and must be told which is meant. The workload's
 * name, which the harness hands to every target as `--target-arg workload=…`, decides.
 */

const REGISTER: Readonly<Record<string, string>> = {read: 'read', write: 'write', cas: 'cas'}
const SET: Readonly<Record<string, string>> = {add: 'add', remove: 'remove', read: 'read-set'}
const COUNTER: Readonly<Record<string, string>> = {add: 'increment', read: 'read-counter'}

/** What workloads may call, all kinds of object together. */
export const FUNCTIONS: readonly string[] = ['read', 'write', 'cas', 'add', 'remove']

/** The store's name for a workload's function; undefined where it has none. */
export function storeFunction(workload: string | undefined, f: string): string | undefined {
  const words = workload === 'set' ? SET : workload === 'counter' ? COUNTER : REGISTER
  return Object.hasOwn(words, f) ? words[f] : undefined
}
