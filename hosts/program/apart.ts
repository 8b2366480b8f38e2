/** Keys of this run alone, where the cluster outlives it: what earlier runs have left is never read. */
import type {Client, Request} from '../../core/client.ts'

type Operations = Client['operations']
type Micro = readonly [f: string, key: unknown, value: unknown]

/** The operations with every key put behind this text. */
export function apart(operations: Operations, prefix: string): Operations {
  return Object.fromEntries(
    Object.entries(operations).map(([f, operation]) => [
      f,
      f === 'txn'
        ? transactionApart(operation, prefix)
        : (request: Request) => operation({...request, key: renamed(request.key)}),
    ]),
  )

  function renamed(key: Request['key']): Request['key'] {
    return `${prefix}${key}` as Request['key']
  }
}

/** Transactions name their keys in what they do, and are answered with the same keys. */
function transactionApart(operation: Operations[string], prefix: string): Operations[string] {
  return async (request) => {
    const asked = request.value as readonly Micro[]
    const value = asked.map(([f, key, given]) => [f, `${prefix}${key}`, given])
    const answer = (await operation({...request, value} as Request)) as readonly Micro[]
    return answer.map(([f, , given], i) => [f, asked[i]?.[1], given])
  }
}
