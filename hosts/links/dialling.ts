/**
 * How a program that knows nothing of us is made to dial its own links. There are several ways (`ways/`), each good for
 * other programs and other machines; a target says which it can take, `open-dialling.ts` finds the first that works here.
 */
import type {Endpoint, Links, LinkWay} from '../../core/links.ts'
import type {NodeId} from '../../core/node.ts'
import type {Command, Place} from '../../core/place.ts'

/** One way in use by one cluster. */
export interface Dialling {
  readonly way: LinkWay
  /** What it is, for the banner: "private hosts files". */
  readonly words: string
  /** Where the link from one node to a service of another that listens on `port` has to listen; absent: anywhere. */
  listen?(from: NodeId, to: NodeId, port: number): Endpoint
  /**
   * What `from` is to be told of where this service of `to` is. `own` is where it really listens; with `from` and `to` the
   * same it is what the node calls itself.
   */
  address(from: NodeId, to: NodeId, service: string, own: Endpoint, links: Links): Endpoint
  /** The command that starts a node in surroundings in which these addresses lead over its links. */
  surround(node: NodeId, command: Command, known: Known): Command
}

/** The links of a cluster, as a way needs to know them. */
export interface Known {
  readonly links: Links
  /** What peers dial of other nodes, and where it really listens. */
  readonly peers: readonly {readonly to: NodeId; readonly service: string; readonly own: Endpoint}[]
}

/** What a way may use. */
export interface DiallingContext {
  readonly nodes: readonly NodeId[]
  readonly place: Place
  /** Files of its own go here; removed with the run. */
  readonly directory: string
}

/** One of the ways. */
export interface Way {
  /** The way, ready for use; a text where this machine cannot: why not, and what would help. */
  open(context: DiallingContext): Promise<Dialling | string>
}
