/** The command lines that are used on pods: each one as the words that are executed, no shell between. */
import {quoteWord} from '../../core/shell.ts'

export interface KubernetesPlace {
  /** Absent: the current one of the kubeconfig. */
  readonly context?: string
  readonly namespace?: string
}

/** What is started beside a node to change the rules of its pod: an image with nft, sh, bash and timeout. */
export const TOOLBOX_IMAGE = 'nicolaka/netshoot:v0.13'
/** How long a toolbox stays at most should nobody end it, s. */
const TOOLBOX_LIFE_S = 86_400

export function kubernetesCommands({context, namespace}: KubernetesPlace) {
  const kubectl = (...words: string[]) => [
    'kubectl',
    ...(context === undefined ? [] : [`--context=${context}`]),
    ...(namespace === undefined ? [] : [`--namespace=${namespace}`]),
    ...words,
  ]
  return {
    version: kubectl('version', '--output=json'),
    pods: (selector: string) => kubectl('get', 'pods', `--selector=${selector}`, '--output=json'),
    pod: (name: string) => kubectl('get', 'pod', name, '--ignore-not-found', '--output=json'),
    /**
     * One second of grace is as sudden as it gets without `--force`, which would let two pods of one identity run at once.
     * Resolves when the pod is gone.
     */
    kill: (name: string) => kubectl('delete', 'pod', name, '--grace-period=1', '--wait=true'),
    forward: (name: string, from: number, to: number) =>
      kubectl('port-forward', '--address=127.0.0.1', `pod/${name}`, `${from}:${to}`),
    /** An ephemeral container in the network of the pod, which may change its rules. */
    toolbox: (name: string, container: string, image: string) =>
      kubectl(
        ...['debug', `pod/${name}`, `--image=${image}`, '--profile=netadmin', `--container=${container}`, '--quiet'],
        ...['--', 'sh', '-c', `trap 'exit 0' TERM; sleep ${TOOLBOX_LIFE_S} & wait $!`],
      ),
    inside: (name: string, container: string, words: readonly string[]) =>
      kubectl('exec', '--stdin', '--quiet', `pod/${name}`, `--container=${container}`, '--', ...words),
    /** Removes our rules and ends the toolbox, whose first process takes no signal that it has not asked for. */
    leave: (name: string, container: string) =>
      kubectl(
        ...['exec', '--quiet', `pod/${name}`, `--container=${container}`, '--', 'sh', '-c'],
        'nft delete table inet chaos; kill -TERM 1',
      ),
    /** Waits for the pod, prints its log as long as this very pod and container run, and ends with them. */
    life: (name: string, container: string) => podLife(kubectl, name, container),
  }
}

function podLife(kubectl: (...words: string[]) => string[], name: string, container: string): string {
  const words = (...line: string[]) =>
    kubectl(...line)
      .map(quoteWord)
      .join(' ')
  const restarts = `{.status.containerStatuses[?(@.name=="${container}")].restartCount}`
  const identity = `{.metadata.uid} {.status.phase} {.metadata.deletionTimestamp} ${restarts}`
  return [
    `until ${words('get', 'pod', name)} >/dev/null 2>&1; do sleep 0.2; done`,
    `${words('wait', '--for=condition=Ready', `pod/${name}`, '--timeout=60s')} >/dev/null || exit 125`,
    `self() { ${words('get', 'pod', name, '--ignore-not-found', `--output=jsonpath=${identity}`)}; }`,
    'was=$(self); since=$(date -u +%Y-%m-%dT%H:%M:%SZ)',
    'while [ "$(self)" = "$was" ]; do',
    `  ${words('logs', '--follow', `pod/${name}`, `--container=${container}`)} --since-time="$since"`,
    '  since=$(date -u +%Y-%m-%dT%H:%M:%SZ)',
    'done',
    'exit 1',
  ].join('\n')
}
