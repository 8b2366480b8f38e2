/** What `kubectl get pods` says, as far as nodes are concerned. */
import {UsageError} from '../../core/error.ts'
import type {Standing} from './engine.ts'

export interface Pod {
  readonly metadata: {
    readonly name: string
    readonly deletionTimestamp?: string
    readonly ownerReferences?: readonly {readonly kind: string; readonly name: string}[]
  }
  readonly spec: {
    readonly hostNetwork?: boolean
    readonly containers: readonly {
      readonly name: string
      readonly ports?: readonly {readonly containerPort: number; readonly protocol?: string}[]
    }[]
  }
  readonly status: {
    readonly phase: string
    readonly podIPs?: readonly {readonly ip: string}[]
    readonly containerStatuses?: readonly {readonly name: string; readonly ready: boolean}[]
    readonly ephemeralContainerStatuses?: readonly {
      readonly name: string
      readonly state?: {readonly running?: object}
    }[]
  }
}

/** The pods that are to be nodes, by name. Throws UsageError where they are not as many, or none, or not their own. */
export function chosenPods(text: string, selector: string, count: number): Pod[] {
  const {items} = JSON.parse(text) as {readonly items: readonly Pod[]}
  const living = items.filter(({metadata}) => metadata.deletionTimestamp === undefined)
  const pods = living.toSorted((a, b) => a.metadata.name.localeCompare(b.metadata.name, 'en', {numeric: true}))
  const names = pods.map(({metadata}) => metadata.name).join(', ')
  if (pods.length === 0) {
    throw new UsageError(`--kubernetes ${selector}: no pod has these labels.`, [
      'Expected: a selector as kubectl takes it, such as app=etcd. Another namespace: --kube-namespace NAME',
    ])
  }
  if (pods.length !== count) {
    throw new UsageError(`--kubernetes ${selector} finds ${pods.length} pods, and there are ${count} nodes.`, [
      `Pods: ${names}`,
      `Give --nodes ${pods.length}, or a selector that finds ${count}.`,
    ])
  }
  const hosted = pods.find(({spec}) => spec.hostNetwork === true)
  if (hosted === undefined) return pods
  throw new UsageError(`The pod ${hosted.metadata.name} has the network of its machine, which is not cut.`, [
    'Expected: pods without hostNetwork.',
  ])
}

/** Throws UsageError for a pod that does not come back under its name when it is killed. */
export function refuseUnlasting(pods: readonly Pod[]): void {
  for (const {metadata} of pods) {
    const [owner] = metadata.ownerReferences ?? []
    if (owner?.kind === 'StatefulSet') continue
    const whose =
      owner === undefined
        ? 'belongs to nobody, so it never comes back'
        : `belongs to the ${owner.kind} ${owner.name}, which replaces it under another name`
    throw new UsageError(`The pod ${metadata.name} cannot be killed: it ${whose}.`, [
      'Expected: pods of a StatefulSet. Or leave kill out: --nemesis partition',
    ])
  }
}

/** Ports that its containers declare. */
export function portsOf({spec}: Pod): number[] {
  return spec.containers.flatMap(({ports = []}) =>
    ports.filter(({protocol = 'TCP'}) => protocol === 'TCP').map(({containerPort}) => containerPort),
  )
}

/** The port of a pod that clients dial. Throws UsageError where it cannot be told. */
export function podPort(pod: Pod, asked: number | undefined, usual: number | undefined): number {
  const declared = portsOf(pod)
  const {name} = pod.metadata
  // Kubernetes lets a port be dialled that nobody has declared.
  if (asked !== undefined) return asked
  if (usual !== undefined && (declared.length === 0 || declared.includes(usual))) return usual
  const [only, ...more] = declared
  if (only !== undefined && more.length === 0) return only
  throw new UsageError(
    `The pod ${name} declares ${only === undefined ? 'no port' : 'several ports'}: which one do clients dial?`,
    [
      ...(only === undefined ? [] : [`It declares: ${declared.join(', ')}`]),
      `Say which: --client-port ${usual ?? only ?? 'PORT'}`,
    ],
  )
}

export function standingOf(text: string): Standing {
  if (text.trim() === '') return {state: 'dead', addresses: []}
  const {metadata, status} = JSON.parse(text) as Pod
  const runs = status.phase === 'Running' && metadata.deletionTimestamp === undefined
  return {state: runs ? 'running' : 'dead', addresses: (status.podIPs ?? []).map(({ip}) => ip)}
}

/** Whether this ephemeral container runs. */
export function hasToolbox(text: string, container: string): boolean {
  if (text.trim() === '') return false
  const {status} = JSON.parse(text) as Pod
  return (status.ephemeralContainerStatuses ?? []).some(
    ({name, state}) => name === container && state?.running !== undefined,
  )
}
