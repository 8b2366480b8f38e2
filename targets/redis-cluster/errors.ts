/**
 * What an error of Redis Cluster says about whether a command was executed. Each of these is given instead of executing it
 * (cluster.c, getNodeByQuery and clusterRedirectClient; Redis Cluster specification, "Redirection and resharding").
 */
import {isDefinite as isDefiniteOfOne} from '../redis/errors.ts'

export const DEFINITE: Readonly<Record<string, string>> = {
  MOVED: 'another node has this slot',
  ASK: 'the slot is on its way to another node, and this key is there already',
  CLUSTERDOWN: 'the node sees too few primaries, or slots without one',
  TRYAGAIN: 'some keys of the command have moved and some have not',
  CROSSSLOT: 'the keys of the command are in several slots',
}

/** Whether this error reply means that nothing was executed. Anything but a reply of the server never does. */
export function isDefinite(error: unknown): boolean {
  if (isDefiniteOfOne(error)) return true
  return (
    error instanceof Error && error.name === 'ReplyError' && Object.hasOwn(DEFINITE, error.message.split(' ')[0] ?? '')
  )
}

/** Where a command has to be asked instead; undefined for any other error. */
export interface Redirection {
  /** Only this once: the slot is still being moved. */
  readonly once: boolean
  readonly port: number
}

/** `MOVED 3999 127.0.0.1:6381`, `ASK 3999 127.0.0.1:6381`. */
export function redirectionOf(error: unknown): Redirection | undefined {
  const [, word, port] = /^(MOVED|ASK) \d+ \S*:(\d+)$/.exec((error as Error).message ?? '') ?? []
  return word === undefined ? undefined : {once: word === 'ASK', port: Number(port)}
}
