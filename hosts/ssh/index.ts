/**
 * Clusters on machines reached by SSH, a node each. Nothing has to be installed there but what the nodes are made of: Node.js
 * for bundled targets, the database for others.
 *
 * Every link goes through this machine. A node believes that each of its peers listens on its own loopback interface: that port
 * is forwarded to here, leads through the link's proxy, and from here to the peer's machine. So all faults of proxies work,
 * without rights on those machines and through any firewall that lets SSH pass, and programs need not be told of links at all.
 */
import {mkdtempSync, rmSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {type Capabilities, noDiskFaults} from '../../core/capabilities.ts'
import {EnvironmentError, UsageError} from '../../core/error.ts'
import type {Connect} from '../../core/links.ts'
import type {NodeId} from '../../core/node.ts'
import type {Place} from '../../core/place.ts'
import {quoteWord} from '../../core/shell.ts'
import {asking} from './asking.ts'
import {SshLinks} from './links.ts'
import {Machine} from './machine.ts'
import {SshProgram} from './program.ts'

export interface SshOptions {
  /** The machines, one for each node, as `ssh` takes them. */
  readonly machines: readonly string[]
  readonly config?: string
  readonly local: Place
  readonly connect: Connect
  guard(pid: number): () => void
  /** Removes a directory should we die. */
  removeLater(path: string): void
}

export interface SshRoom {
  readonly place: Place
  readonly connect: Connect
  /** Why the program of a node ended, where that is to do with its machine. */
  explain(node: NodeId, reason: string): string | undefined
  /** Where nodes keep what they store, here and there. */
  readonly directory: string
  close(): Promise<void>
}

const ELSEWHERE = 'its disk is on another machine'
const NO_SHIM = 'nothing is preloaded on machines reached by SSH'

/** What can be done to a target on other machines: to its links and processes all that can be done here. */
export function overSsh(capabilities: Capabilities, bundled: boolean): Capabilities {
  const clock = bundled ? {} : {'clock.skew': NO_SHIM, 'clock.drift': NO_SHIM}
  return {
    ...capabilities,
    ...noDiskFaults(ELSEWHERE),
    ...clock,
    membership: 'members on other machines are not removed or added',
  }
}

/** Throws UsageError for machines that are named twice or too few, EnvironmentError for one that cannot be used. */
export async function openMachines(nodes: readonly NodeId[], options: SshOptions): Promise<SshRoom> {
  const {machines: names, config, local, guard} = options
  if (names.length < nodes.length) {
    throw new UsageError(`--hosts names ${names.length} machines, and there are ${nodes.length} nodes.`, [
      `Each node needs a machine of its own. Give --nodes ${names.length}, or more machines.`,
    ])
  }
  const twice = names.find((name, i) => names.indexOf(name) !== i)
  if (twice !== undefined) throw new UsageError(`--hosts names ${twice} twice: each node needs a machine of its own.`)
  const directory = mkdtempSync(join(tmpdir(), 'chaos-ssh-'))
  const sockets = mkdtempSync(join(tmpdir(), 'chaos-ssh-'))
  for (const path of [directory, sockets]) options.removeLater(path)
  const machines = new Map<NodeId, Machine>()
  const close = async () => {
    await Promise.all([...machines.values()].map((machine) => machine.close()))
    for (const path of [directory, sockets]) rmSync(path, {recursive: true, force: true})
  }
  try {
    const opened = await Promise.allSettled(
      nodes.map(async (node, i) => {
        const name = names[i] as string
        const known = {name, directory: sockets, room: directory, guard, ...(config === undefined ? {} : {config})}
        machines.set(node, await Machine.open(known, i))
      }),
    )
    for (const outcome of opened) if (outcome.status === 'rejected') throw outcome.reason
    const shared = await sharesFiles(machines.get(nodes[0] as NodeId) as Machine, directory)
    return {
      place: sshPlace(local, machines, shared ? undefined : directory),
      connect: async (all, services, signal) => SshLinks.open(machines, services, options.connect, all, signal),
      explain(node, reason) {
        const machine = machines.get(node)
        if (machine?.lost === undefined && !reason.endsWith('exit code 255')) return undefined
        return `was lost with its machine ${machine?.name}${machine?.lost === undefined ? '' : ` (${machine.lost})`}`
      },
      directory,
      close,
    }
  } catch (error) {
    await close()
    throw error
  }
}

/** Whether that machine sees our files: a directory that was made for both tells. */
async function sharesFiles(machine: Machine, directory: string): Promise<boolean> {
  const probe = mkdtempSync(join(directory, '.probe-'))
  const {exitCode} = await machine.run(`[ -e ${quoteWord(probe)} ]`)
  rmSync(probe, {recursive: true})
  return exitCode === 0
}

function sshPlace(local: Place, machines: ReadonlyMap<NodeId, Machine>, prepared: string | undefined): Place {
  const of = (node: NodeId) => machines.get(node) as Machine
  return {
    program: (node) =>
      new SshProgram({
        node,
        machine: of(node),
        local: local.program(node),
        prepared: prepared === undefined ? undefined : join(prepared, node),
      }),
    async execute({command, args, env}, limitMs) {
      const [first] = machines.values()
      const settings = Object.entries(env ?? {}).map(([name, value]) => quoteWord(`${name}=${value}`))
      const name = quoteWord(command)
      const find = `c=${name}; [ -x "$c" ] || c=\${c##*/}`
      return (first as Machine).run(
        `${find}; exec env ${settings.join(' ')} "$c" ${args.map(quoteWord).join(' ')}`,
        limitMs,
      )
    },
    freePort: local.freePort,
    clockShiftNs: (node) => clockShiftNs(of(node)),
  }
}

/** How often the other clock is asked; the quickest answer is believed. */
const ASKED = 5

/** By how much the monotonic clock of that machine is ahead of ours, ns. Throws EnvironmentError where it has no Node.js. */
async function clockShiftNs(machine: Machine): Promise<bigint> {
  const script = `exec node -e ${quoteWord(`let n=0;process.stdout.write('x\\n');process.stdin.on('data',()=>{process.stdout.write(process.hrtime.bigint()+'\\n');if(++n===${ASKED})process.exit()})`)}`
  const answer = await asking(machine.words(script), ASKED)
  if (answer !== undefined) return answer
  throw new EnvironmentError(`${machine.name} has no Node.js, which bundled nodes need.`, [
    'Install Node.js 20.19 or newer there.',
  ])
}
