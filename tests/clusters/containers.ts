/** The real command line among containers of stand-ins (`tests/fixtures/containers`): real processes in real namespaces. */
import {chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {execa} from 'execa'
import {CHAOS, type Workplace} from '../e2e/cli.ts'
import {ROOT} from '../sources.ts'

export const FIXTURES: string = join(ROOT, 'tests/fixtures/containers')

/** Why they cannot be had: containers need namespaces, a bridge and rules. */
export const possible: boolean = process.getuid?.() === 0 && existsSync('/usr/sbin/nft')

/** Puts `docker` and `kubectl` into a directory, to be first on PATH. */
export function standIns(place: Workplace): Record<string, string> {
  const bin = place.file('bin')
  for (const path of [bin, place.file('room')]) mkdirSync(path, {recursive: true})
  for (const name of ['docker', 'kubectl']) {
    writeFileSync(join(bin, name), `#!/bin/sh\nexec ${process.execPath} ${join(FIXTURES, `${name}.mjs`)} "$@"\n`)
    chmodSync(join(bin, name), 0o755)
  }
  return {PATH: `${bin}:${process.env['PATH']}:/usr/sbin:/sbin`, STAND_IN_ROOM: place.file('room')}
}

/** Runs a shell script in a network of its own; `$chaos` is the command. */
export async function among(place: Workplace, script: string, env: Record<string, string> = {}) {
  const {exitCode, stdout, stderr} = await execa(join(FIXTURES, 'network.sh'), ['sh', '-c', script], {
    cwd: place.directory,
    reject: false,
    timeout: 100_000,
    killSignal: 'SIGKILL',
    env: {
      ...standIns(place),
      NO_COLOR: '1',
      CI: '1',
      chaos: `${process.execPath} ${CHAOS}`,
      fixtures: FIXTURES,
      ...env,
    },
  })
  return {exitCode, said: stdout + stderr}
}

/** Every call of a stand-in, as it was written down. */
export function calls(place: Workplace): string[][] {
  const text = readFileSync(place.file('room', 'calls.jsonl'), 'utf8')
  return text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as string[])
}
