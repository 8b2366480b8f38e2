/** Namespaces as a place for programs: the same subprocesses as on this machine, each in the network of its node. */
import {readFileSync} from 'node:fs'
import type {Command, Place, Program} from '../../core/place.ts'
import {asUser} from '../local/as-user.ts'
import {FIRST_PROGRAM_PORT, LAST_PROGRAM_PORT} from './addresses.ts'
import type {Topology} from './topology.ts'

/** `local` starts the processes, and runs commands in the router, from where every node can be reached. */
export function namespacePlace(local: Place, topology: Topology): Place {
  let port = FIRST_PROGRAM_PORT
  return {
    ...local,
    program(node) {
      const program = local.program(node)
      const start: Program['start'] = (command, options) => program.start(moved(topology, node, command), options)
      return new Proxy(program, {
        get(of, name) {
          if (name === 'start') return start
          const value: unknown = Reflect.get(of, name, of)
          return typeof value === 'function' ? value.bind(of) : value
        },
      })
    },
    // Nobody listens in a namespace but who was told to; a port that is never given twice tells whose it is.
    async freePort() {
      if (port > LAST_PROGRAM_PORT) throw new RangeError(`more than ${LAST_PROGRAM_PORT - FIRST_PROGRAM_PORT} ports`)
      return port++
    },
    isFree: async () => true,
  }
}

/** The command, on a node. Its user is taken on last: entering a namespace takes the rights that it gives up. */
function moved(topology: Topology, node: string, {command, args, user, ...rest}: Command): Command {
  const words = [command, ...args]
  const [file, ...more] = topology.inside(node, hasOtherUsers() ? asUser(words, user) : words)
  return {...rest, command: file as string, args: more}
}

/** Whether there are users besides us: not in a user namespace of our own. */
function hasOtherUsers(): boolean {
  const [, , count] = readFileSync('/proc/self/uid_map', 'utf8').trim().split(/\s+/)
  return Number(count) > 1
}
