/** Where Kafka is on this machine: a folder of jars, since no package of the system brings it. Nothing is ever downloaded. */
import {readdirSync} from 'node:fs'
import {homedir} from 'node:os'
import {join} from 'node:path'
import {fileURLToPath} from 'node:url'
import {EnvironmentError} from '../../core/error.ts'
import {packageRoot} from '../../core/package.ts'
import {missing} from '../../hosts/local/needs.ts'

/** The versions that were tried. */
const TRIED = '4.1'
/** The jar that tells a folder of Kafka's from others. */
const CORE = /^kafka_2\.13-(\d[\w.-]*)\.jar$/

/** The folder that CHAOS_KAFKA names, or where the command that `absent` gives puts them; `libs` of a distribution. */
function folder(): string {
  const named = process.env['CHAOS_KAFKA']
  const cache = process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache')
  return named !== undefined && named !== '' ? named : join(cache, 'chaos', 'kafka')
}

function found(): {readonly jars: string; readonly version: string} | undefined {
  for (const jars of [folder(), join(folder(), 'libs')]) {
    const names = list(jars)
    const version = names.map((name) => CORE.exec(name)?.[1]).find((each) => each !== undefined)
    if (version !== undefined) return {jars, version}
  }
  return undefined
}

function list(directory: string): readonly string[] {
  try {
    return readdirSync(directory)
  } catch {
    return []
  }
}

/** What is missing to start it, in words. */
export function absent(): string | undefined {
  const noJava = missing([{program: 'java', debian: 'default-jre-headless'}])
  if (noJava !== undefined || found() !== undefined) return noJava
  const pom = fileURLToPath(new URL('targets/kafka/pom.xml', packageRoot))
  const fetch = `mvn --strict-checksums -f ${pom} dependency:copy-dependencies -DoutputDirectory=${folder()}`
  return `no Kafka in ${folder()} (unpack a distribution and name its folder in CHAOS_KAFKA, or: ${fetch})`
}

export function classPath(): string {
  return join(found()?.jars ?? folder(), '*')
}

export async function version(): Promise<string> {
  const {version: name = '0'} = found() ?? {}
  if (Number(name.split('.')[0]) < 4) {
    throw new EnvironmentError(`Kafka ${name} is too old: it needs its own controllers and format of metadata.`, [
      `Tried: ${TRIED}`,
    ])
  }
  return `kafka ${name}`
}
