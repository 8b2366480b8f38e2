/** What settings say of containers: a Compose file, or a selector of pods. */
import {UsageError} from '../../core/error.ts'
import {parseCount} from '../../core/quantities.ts'
import type {Target} from '../../core/target.ts'
import {clientPort, readComposeFile} from '../../hosts/containers/compose-file.ts'
import type {Containers} from '../../hosts/containers/open.ts'
import {REAL} from '../../targets/index.ts'
import type {Settings} from './run-settings.ts'

/** Settings that make no sense without these containers. */
const ALONE = {
  compose: ['compose-project'],
  kubernetes: ['kube-context', 'kube-namespace', 'kube-image'],
} as const

/** Undefined where no containers are asked for. Throws UsageError for settings that do not go together. */
export function containersOf(settings: Settings, target: Target): Containers | undefined {
  const {compose: file, kubernetes: selector, ...others} = textsOf(settings)
  const {'compose-project': project, 'client-port': port} = others
  if (file !== '' && selector !== '') {
    throw new UsageError('--compose and --kubernetes: nodes are in one place.', ['Give one of them.'])
  }
  const lonely = [
    ...(file === '' ? ALONE.compose : []),
    ...(selector === '' ? ALONE.kubernetes : []),
    ...(file === '' && selector === '' ? (['client-port'] as const) : []),
  ].find((name) => others[name] !== '')
  if (lonely !== undefined) {
    const needs =
      lonely === 'client-port' ? '--compose or --kubernetes' : lonely.startsWith('kube') ? '--kubernetes' : '--compose'
    throw new UsageError(`--${lonely} without ${needs}.`, ['Give --compose FILE, or --kubernetes SELECTOR.'])
  }
  if (file === '' && selector === '') return undefined
  demandResident(target, file === '' ? 'kubernetes' : 'compose')
  const dialled: {port?: number} = port === '' ? {} : {port: parseCount('--client-port', port)}
  if (file === '') {
    const {'kube-context': context, 'kube-namespace': namespace, 'kube-image': image} = others
    return {engine: 'kubernetes', selector, ...dialled, ...given({context, namespace, image})}
  }
  if (project !== '' && !/^[a-z0-9][a-z0-9_-]*$/.test(project)) {
    throw new UsageError(`--compose-project ${project} is no name of a project.`, [
      'Expected: small letters, digits, - and _, a letter or digit first.',
    ])
  }
  const parsed = readComposeFile(file)
  const asked = dialled.port ?? parsed.client
  // Another port is guessed once the target is asked where it usually listens.
  if (asked !== undefined)
    for (const {service} of parsed.nodes) clientPort(service, parsed.published[service] ?? [], asked)
  return {engine: 'compose', file, parsed, ...dialled, ...given({project})}
}

const NAMES = ['compose', 'kubernetes', ...ALONE.compose, ...ALONE.kubernetes, 'client-port'] as const

/** Each is looked up once: what was looked up is listed. */
function textsOf(settings: Settings): Record<(typeof NAMES)[number], string> {
  return Object.fromEntries(NAMES.map((name) => [name, settings.get(name)])) as Record<(typeof NAMES)[number], string>
}

/** How many nodes they are, where that is known; 0 otherwise. */
export function containerCount(containers: Containers | undefined): number {
  return containers?.engine === 'compose' ? containers.parsed.nodes.length : 0
}

/** Throws UsageError for another number of nodes than there are containers. */
export function demandContainers(containers: Containers | undefined, nodes: number): void {
  if (containers?.engine !== 'compose' || containers.parsed.nodes.length === nodes) return
  const names = containers.parsed.nodes.map(({service}) => service)
  throw new UsageError(`--compose ${containers.file} has ${names.length} nodes, and --nodes asks for ${nodes}.`, [
    `Nodes: ${names.join(', ')}. Others: x-chaos: {nodes: […]} in the file.`,
  ])
}

/** The faults that are injected when nothing says which: those that can be. */
export function usualFaults({engine}: Containers): string {
  return engine === 'kubernetes' ? 'partition,kill' : process.getuid?.() === 0 ? 'partition,kill,pause' : 'kill,pause'
}

function demandResident({name, resident, protocol}: Target, flag: string): void {
  if (resident === true) return
  const able = Object.values(REAL).filter((target) => target.resident === true)
  const why =
    protocol === undefined ? 'chaos has to start it itself' : 'its nodes are code of chaos, of which there is no image'
  throw new UsageError(`--${flag}: the target ${name} cannot be had in containers: ${why}.`, [
    `Targets that can: ${able.map((target) => target.name).join(', ')}, and commands of a chaos.config.ts.`,
  ])
}

function given<T extends Readonly<Record<string, string | undefined>>>(values: T): {[K in keyof T]?: string} {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== '')) as {[K in keyof T]?: string}
}
