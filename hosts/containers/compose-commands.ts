/** The command lines that run a Compose project: each one as the words that are executed, no shell between. */
import {quoteWord} from '../../core/shell.ts'

export interface ComposeProject {
  readonly file: string
  readonly project: string
}

export function composeCommands({file, project}: ComposeProject) {
  const compose = (...words: string[]) => ['docker', 'compose', '--file', file, '--project-name', project, ...words]
  return {
    version: ['docker', 'compose', 'version', '--short'],
    up: compose('up', '--detach'),
    /** One JSON object a line; a list of them from versions before 2.21. */
    containers: compose('ps', '--all', '--format', 'json'),
    down: compose('down', '--volumes', '--remove-orphans', '--timeout', '0'),
  }
}

/** What is done to a single container goes to the engine: Compose would do it to every replica of a service. */
export const containerCommands = {
  inspect: (id: string) => ['docker', 'inspect', '--type', 'container', id],
  start: (id: string) => ['docker', 'start', id],
  kill: (id: string) => ['docker', 'kill', '--signal', 'KILL', id],
  pause: (id: string) => ['docker', 'pause', id],
  resume: (id: string) => ['docker', 'unpause', id],
  port: (id: string, port: number) => ['docker', 'port', id, `${port}/tcp`],
  wait: (id: string) => ['docker', 'wait', id],
  /** In the network of the container, with the tools of this machine: nothing has to be in its image. */
  inside: (pid: number, words: readonly string[]) => ['nsenter', `--net=/proc/${pid}/ns/net`, '--', ...words],
}

/** Starts a container, prints its log as long as it runs and ends as it ended. */
export function containerLife(id: string): string {
  const word = quoteWord(id)
  return [
    'since=$(date -u +%Y-%m-%dT%H:%M:%S.%NZ)',
    `docker start ${word} >/dev/null || exit 125`,
    `docker logs --follow --since "$since" ${word} &`,
    `code=$(docker wait ${word}) || code=125`,
    'wait',
    'exit "$code"',
  ].join('\n')
}
