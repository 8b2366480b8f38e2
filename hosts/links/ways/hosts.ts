/**
 * By names: every node is told the same names of its peers, and finds the addresses of its own links under them in a hosts
 * file of its own, which is mounted over /etc/hosts in a mount namespace that ends with the process. Links listen on
 * 127.9.i.j (i dials j) at the port of the service itself, so that no port has to be changed.
 *
 * Works for whatever asks the system for names, Go programs included. Needs root, or a kernel that gives user namespaces to
 * everybody; some distributions refuse that.
 */
import {readFileSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import type {Endpoint} from '../../../core/links.ts'
import type {NodeId} from '../../../core/node.ts'
import type {Place} from '../../../core/place.ts'
import {asUser} from '../../local/as-user.ts'
import type {Way} from '../dialling.ts'

/** How long making a namespace may take, ms. */
const LIMIT_MS = 5000
/** The names end in this: `.test` is never given to anybody (RFC 6761). */
const DOMAIN = 'chaos.test'
/** Mounts its first argument over /etc/hosts and becomes the rest. */
const SCRIPT = 'file=$1; shift; mount --bind "$file" /etc/hosts && exec "$@"'

export const hosts: Way = {
  async open({nodes, place, directory}) {
    if (process.platform !== 'linux') return 'private hosts files need mount namespaces, which only Linux has'
    if (nodes.length > 250) return 'there are addresses for 250 nodes at most'
    const namespace = await namespaceWords(place)
    if (typeof namespace === 'string') return namespace
    const index = new Map(nodes.map((node, i) => [node, i + 1]))
    const address = (from: NodeId, to: NodeId) => `127.9.${index.get(from)}.${index.get(to)}`
    const nameOf = (node: NodeId) => `${node}.${DOMAIN}`
    for (const node of nodes) writeFileSync(fileOf(directory, node), hostsFile(node, nodes, nameOf, address))
    return {
      way: 'hosts',
      words: 'private hosts files',
      listen: (from, to, port): Endpoint => ({host: address(from, to), port}),
      address: (_from, to, _service, own): Endpoint => ({host: nameOf(to), port: own.port}),
      surround(node, {command, args, user, ...rest}) {
        const [first = '', ...words] = [...namespace, 'sh', '-c', SCRIPT, 'sh', fileOf(directory, node)]
        // Whoever the program is to run as, only we may mount.
        return {...rest, command: first, args: [...words, ...asUser([command, ...args], user)]}
      },
    }
  },
}

/** The words that give a command a mount namespace of its own; a text: why there are none. */
async function namespaceWords(place: Place): Promise<readonly string[] | string> {
  const root = process.getuid?.() === 0
  const words = ['unshare', ...(root ? [] : ['--user', '--map-root-user']), '--mount', '--propagation', 'slave']
  const [command = '', ...args] = words
  const probe = ['sh', '-c', 'mount --bind /etc/hosts /etc/hosts']
  const {exitCode, stderr} = await place.execute({command, args: [...args, ...probe]}, LIMIT_MS)
  if (exitCode === 0) return words
  const why = stderr.trim().split('\n').at(-1) || `exit code ${exitCode}`
  return `no mount namespace can be made (${why}); run as root, or allow user namespaces`
}

function fileOf(directory: string, node: NodeId): string {
  return join(directory, `hosts-${node}`)
}

/** The machine's own file, for its own names, with the peers before it. */
function hostsFile(
  node: NodeId,
  nodes: readonly NodeId[],
  nameOf: (node: NodeId) => string,
  address: (from: NodeId, to: NodeId) => string,
): string {
  const peers = nodes.map((peer) => `${peer === node ? '127.0.0.1' : address(node, peer)} ${nameOf(peer)}`)
  return ['127.0.0.1 localhost', ...peers, readFileSync('/etc/hosts', 'utf8')].join('\n')
}
