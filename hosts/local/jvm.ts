/** A Java server as a small process of this machine: little memory, quick to start, and nothing written outside its own folder. */
import {findProgram} from './needs.ts'

export const java = (): string => findProgram('java') ?? 'java'

/** Java's own arguments, before the class: a heap of at most `heapMB`, and temporary files in `directory`. */
export function smallJvm(heapMB: number, directory: string): string[] {
  return [
    `-Xmx${heapMB}m`,
    '-XX:+UseSerialGC',
    '-XX:TieredStopAtLevel=1',
    // It writes into the system's folder for temporary files, and would leave that there when it is killed.
    '-XX:-UsePerfData',
    `-Djava.io.tmpdir=${directory}`,
    '-Djava.net.preferIPv4Stack=true',
    '-Dorg.slf4j.simpleLogger.defaultLogLevel=warn',
  ]
}
