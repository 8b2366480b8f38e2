/**
 * When a cluster has come to rest: every node answers, none says that it is not ready, those that know a leader agree on it, and those that replicate have
 * caught up. Which of these apply is read off what the nodes say of themselves.
 */
import type {Message, NodeId} from '../../core/node.ts'

/** Undefined when settled; otherwise what is still missing, in words. */
export function settled(nodes: readonly NodeId[], statuses: readonly (Message | undefined)[]): string | undefined {
  const silent = nodes.filter((_, i) => statuses[i] === undefined)
  if (silent.length > 0) return `${silent.join(', ')} did not answer`
  const known = statuses as readonly Message[]
  const busy = nodes.filter((_, i) => known[i]?.['ready'] === false)
  if (busy.length > 0) return `${busy.join(', ')} ${busy.length === 1 ? 'has' : 'have'} not come to rest`
  if (known.some((status) => 'leader' in status)) {
    const leaders = new Set(known.map((status) => status['leader'] ?? null))
    if (leaders.has(null)) return 'no leader is known everywhere'
    if (leaders.size > 1) return `nodes name different leaders (${[...leaders].join(', ')})`
  }
  return (
    differing(known, 'lastApplied', 'nodes have applied different entries') ??
    differing(known, 'digest', 'replicas differ')
  )
}

function differing(statuses: readonly Message[], field: string, words: string): string | undefined {
  const values = new Set(statuses.map((status) => JSON.stringify(status[field] ?? null)))
  return values.size > 1 ? `${words} (${[...values].join(', ')})` : undefined
}
