/**
 * `mariadb-galera`: MariaDB with Galera, the real one, every node of which takes writes. See `program.ts` for how it is
 * started, `errors.ts` for what its errors mean, `settings.ts` for what `--target-arg` can change and what is claimed.
 */
import {existsSync} from 'node:fs'
import type {Target} from '../../core/target.ts'
import {missing} from '../../hosts/local/needs.ts'
import {PROGRAM, volumeFaults} from '../../hosts/program/capabilities.ts'
import {ProgramCluster} from '../../hosts/program/cluster.ts'
import {FUNCTIONS} from '../sql/operations.ts'
import {bugs} from './bugs.ts'
import {galeraProgram, linkWays, PROVIDERS} from './program.ts'
import {CLAIMS, claimsWith, settingsOf} from './settings.ts'

export const mariadbGalera: Target = {
  name: 'mariadb-galera',
  description: 'MariaDB 10.6 or newer with Galera: every node takes writes, certified against each other',
  claims: CLAIMS,
  claimsWith,
  functions: FUNCTIONS,
  bugs,
  defaultNodes: 3,
  defaults: {heal: '60s'},
  linkWays,
  absent: () =>
    missing(
      [
        {program: 'mariadbd', debian: 'mariadb-server'},
        {program: 'rsync', debian: 'rsync'},
      ],
      [{library: 'mysql2', version: '^3.24.5'}],
      PROVIDERS.some(existsSync) ? [] : [{file: PROVIDERS[0] as string, debian: 'galera-4'}],
    ),
  capabilities(options) {
    const {flushAlways} = settingsOf(options)
    return {
      ...PROGRAM,
      ...volumeFaults(
        flushAlways
          ? undefined
          : 'it syncs once a second and relies on the other nodes, unless --target-arg flush=always',
      ),
      leader: 'every node takes writes',
      membership: 'its nodes are those it was started with',
    }
  },
  start: (context) => ProgramCluster.start(galeraProgram(context.options), context),
}
