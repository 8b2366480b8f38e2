/**
 * Who has which address in a cluster of network namespaces. Node number k (from 1) lives in 10.78.k.0/24: `.1` is the
 * router's end of its cable, `.2` is where its peers reach it, `.3` is where clients do. That clients have an address of
 * their own is what lets the links of clients be cut while the harness can still ask the node how it is.
 */
import type {NodeId} from '../../core/node.ts'

/** So many fit into the ports below. */
export const MOST_NODES = 20
/** Where the echo of each node listens, in the node's namespace. */
export const ECHO_PORT = 6999
/** Ports that programs are told to take. */
export const FIRST_PROGRAM_PORT = 7000
export const LAST_PROGRAM_PORT = 9999
/** Ports that the router's own connections and proxies get. */
export const ROUTER_PORTS = '45000 65535'

const PORTS_PER_NODE = 1500

export interface NodeAddresses {
  /** The router's end. */
  readonly router: string
  readonly peers: string
  readonly clients: string
  /** The interface of the router that leads to the node. */
  readonly device: string
  /** The range for ports that programs do not choose: no two nodes get the same, so a port alone says whose it is. */
  readonly ports: string
}

/** The addresses of the k-th node, from 1. */
export function addressesOf(k: number): NodeAddresses {
  const first = 10_000 + k * PORTS_PER_NODE
  return {
    router: `10.78.${k}.1`,
    peers: `10.78.${k}.2`,
    clients: `10.78.${k}.3`,
    device: `chaos${k}`,
    ports: `${first} ${first + PORTS_PER_NODE - 1}`,
  }
}

export type Addresses = ReadonlyMap<NodeId, NodeAddresses>

export function addressBook(nodes: readonly NodeId[]): Addresses {
  return new Map(nodes.map((node, i) => [node, addressesOf(i + 1)]))
}
