/** What programs listen on, and how one is seen to be up. */
import type {Services} from '../../core/links.ts'
import type {NodeId} from '../../core/node.ts'
import type {Dialling, Known} from '../links/dialling.ts'

/** Resolves at the first line that matches. */
export function printsLine(output: NodeJS.ReadableStream, matcher: RegExp): Promise<void> {
  return new Promise((resolve) => {
    let text = ''
    output.on('data', (chunk: Buffer) => {
      text += chunk.toString()
      const lines = text.split('\n')
      text = lines.pop() as string
      if (lines.some((line) => matcher.test(line))) resolve()
    })
  })
}

/** The services with the places where their links have to listen. */
export function listening(services: Services, {listen}: Dialling): Services {
  if (listen === undefined) return services
  const nodes = Object.entries(services).map(([to, offered]) => {
    const placed = Object.entries(offered).map(([name, service]) => {
      const at = (from: NodeId | 'clients') => listen(from, to, service.upstream.port)
      return [name, service.by === 'clients' ? service : {...service, listen: at}]
    })
    return [to, Object.fromEntries(placed)]
  })
  return Object.fromEntries(nodes)
}

export function peersOf(services: Services): Known['peers'] {
  return Object.entries(services).flatMap(([to, offered]) =>
    Object.entries(offered)
      .filter(([, {by}]) => by === 'peers')
      .map(([service, {upstream}]) => ({to, service, own: upstream})),
  )
}
